//! For other HTTP services: a layer that lets genuine deliveries through, and nothing else.

use std::error::Error;
use std::future::Future;
use std::mem;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use http_body_util::Full;
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::Answer;
use crate::http::{read, signatures, status};
use crate::observe;
use crate::receiver::BODY_LIMIT;
use crate::signature::Verifier;

/// Makes services that only get genuine deliveries: each as a request whose body is there as a whole. What is not genuine gets a response
/// without a body: 400 if the request is malformed, 401 if its signature is wrong or old, 413 if it is too large.
///
/// Limit the time for a request by a layer around this one.
///
/// ```
/// use std::convert::Infallible;
///
/// use bytes::Bytes;
/// use http::{Request, Response};
/// use http_body_util::Full;
/// use clip_events_receiver::tower::VerifyLayer;
/// use clip_events_receiver::{Secrets, Verifier};
///
/// let layer = VerifyLayer::new(Verifier::new(Secrets::new("whsec_1")?));
/// let service = tower::ServiceBuilder::new().layer(layer).service_fn(async |request: Request<Full<Bytes>>| {
///     Ok::<_, Infallible>(Response::new(request.into_body()))
/// });
/// # let _: &dyn Fn() = &|| drop(service.clone());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct VerifyLayer {
    verifier: Arc<Verifier>,
    body_limit: usize,
}

impl VerifyLayer {
    /// Lets through what `verifier` takes, of up to [`BODY_LIMIT`] bytes.
    pub fn new(verifier: Verifier) -> Self {
        Self { verifier: Arc::new(verifier), body_limit: BODY_LIMIT }
    }

    /// The same with another limit of the body, in bytes.
    #[must_use]
    pub fn body_limit(self, body_limit: usize) -> Self {
        Self { body_limit, ..self }
    }
}

impl<S> Layer<S> for VerifyLayer {
    type Service = Verify<S>;

    fn layer(&self, inner: S) -> Verify<S> {
        Verify { inner, layer: self.clone() }
    }
}

/// A service behind a [`VerifyLayer`].
#[derive(Clone, Debug)]
pub struct Verify<S> {
    inner: S,
    layer: VerifyLayer,
}

impl<S, B, R> Service<Request<B>> for Verify<S>
where
    S: Service<Request<Full<Bytes>>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
    R: Default + Send + 'static,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The one that is ready, and not the clone.
        let clone = self.inner.clone();
        let mut inner = mem::replace(&mut self.inner, clone);
        let VerifyLayer { verifier, body_limit } = self.layer.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            // The body that is handed on is in one piece.
            parts.headers.remove(http::header::TRANSFER_ENCODING);
            let refused = match read(body, body_limit).await {
                Ok(body) => {
                    let signatures = signatures(&parts.headers);
                    match verifier.verify_one(&signatures, &body, SystemTime::now()) {
                        Ok(_) => {
                            return inner.call(Request::from_parts(parts, Full::new(body))).await;
                        }
                        Err(error) => Answer::Refused(error),
                    }
                }
                Err(answer) => answer,
            };
            observe::answered(&refused);
            let mut response = Response::new(R::default());
            *response.status_mut() = status(refused);
            Ok(response)
        })
    }
}
