//! For axum: a router that stores deliveries before it answers, and an extractor for handlers that do their work at once.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::{FromRef, FromRequest, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use bytes::Bytes;
use clip_events::{EventRef, ParseError};
use http::HeaderMap;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::http::{read, signatures, status};
use crate::inbox::{Arrival, Inbox};
use crate::observe;
use crate::receiver::{BODY_LIMIT, Receiver};
use crate::signature::Verifier;

/// A body that takes longer is refused.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Deliveries that may wait to be stored; those beyond are answered 503.
const QUEUE: usize = 1024;

/// Deliveries that are stored in one step at most.
const BATCH: usize = 256;

/// A router that takes deliveries by `POST /`, and answers once they are stored.
///
/// Deliveries that come at the same time are stored in one step, by a thread of its own, which ends with the router. It answers
///
/// - 200 if the delivery is stored, or was before, even if it does not meet the contract: it is a dead letter then;
/// - 400 if the request is malformed, 401 if it is not genuine, 413 if it is too large;
/// - 503 if the delivery could not be stored, or its body did not come: the sender has to send it again.
///
/// It does not limit how long the head of a request may take: what stands before it has to, or the server that it is in. Nested at
/// `/hooks` it takes `POST /hooks`, and not `/hooks/`.
///
/// ```
/// use std::sync::Arc;
///
/// use clip_events_receiver::{Limits, MemoryInbox, Receiver, Secrets, Verifier, axum};
///
/// let verifier = Verifier::new(Secrets::new("whsec_1")?);
/// let receiver = Receiver::new(verifier, MemoryInbox::new(Limits::default()));
/// let app = ::axum::Router::new().nest("/hooks", axum::router(Arc::new(receiver)));
/// # let _: ::axum::Router = app;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Panics
///
/// If the thread cannot be started.
pub fn router<I: Inbox + 'static>(receiver: Arc<Receiver<I>>) -> Router {
    let (queue, jobs) = mpsc::channel(QUEUE);
    let store = Arc::clone(&receiver);
    thread::Builder::new()
        .name("clip-events-inbox".into())
        .spawn(move || store_all(&store, jobs))
        .expect("a thread can be started");
    Router::new().route("/", post(receive::<I>)).with_state(Arc::new(Door { receiver, queue }))
}

struct Door<I> {
    receiver: Arc<Receiver<I>>,
    queue: mpsc::Sender<Job>,
}

struct Job {
    arrival: Arrival<'static>,
    answer: oneshot::Sender<Answer>,
}

async fn receive<I: Inbox + 'static>(
    State(door): State<Arc<Door<I>>>,
    request: Request,
) -> Result<Answer, Answer> {
    let (headers, body) = read_request(request, door.receiver.max_body()).await?;
    let arrival = door.receiver.check(&signatures(&headers), &body, SystemTime::now())?;
    Ok(door.store(arrival.into_owned()).await)
}

/// The headers of a request, and its body as it came, for a handler of your own. The body may have so many bytes, and take 10 seconds.
///
/// # Errors
///
/// The answer, if the body does not come, or is larger.
pub async fn read_request(request: Request, limit: usize) -> Result<(HeaderMap, Bytes), Answer> {
    let (parts, body) = request.into_parts();
    let body = timeout(BODY_TIMEOUT, read(body, limit)).await.unwrap_or(Err(Answer::TimedOut));
    Ok((parts.headers, body.inspect_err(observe::answered)?))
}

impl<I> Door<I> {
    async fn store(&self, arrival: Arrival<'static>) -> Answer {
        let (answer, stored) = oneshot::channel();
        let answer = match self.queue.try_send(Job { arrival, answer }) {
            // It was answered, and counted, where it was stored.
            Ok(()) => return stored.await.unwrap_or(Answer::Unavailable),
            Err(mpsc::error::TrySendError::Full(_)) => Answer::Full,
            Err(mpsc::error::TrySendError::Closed(_)) => Answer::Unavailable,
        };
        observe::answered(&answer);
        answer
    }
}

/// Stores what comes, together with all that has come in the meantime.
fn store_all<I: Inbox>(receiver: &Receiver<I>, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let (mut arrivals, mut answers) = (Vec::new(), Vec::new());
        let mut next = Some(first);
        while let Some(Job { arrival, answer }) = next {
            arrivals.push(arrival);
            answers.push(answer);
            next = if arrivals.len() < BATCH { jobs.try_recv().ok() } else { None };
        }
        observe::queued(jobs.len());
        // Whatever panics in there, the next ones are stored.
        let store = || receiver.store(&arrivals, SystemTime::now());
        let stored = catch_unwind(AssertUnwindSafe(store)).unwrap_or_default();
        let missing = answers.len().saturating_sub(stored.len());
        let missing = vec![Answer::Unavailable; missing];
        missing.iter().for_each(observe::answered);
        for (answer, stored) in answers.into_iter().zip(stored.into_iter().chain(missing)) {
            // Whoever has gone away in the meantime asks again.
            _ = answer.send(stored);
        }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        (status(self), format!("{self}\n")).into_response()
    }
}

/// A genuine delivery, for a handler that does its work before it answers. The state of the router has to hold an `Arc<Verifier>`.
///
/// Bodies of up to [`BODY_LIMIT`] are taken. Nothing is remembered: one event may come several times.
///
/// ```
/// use std::sync::Arc;
///
/// use axum::Router;
/// use axum::routing::post;
/// use clip_events_receiver::axum::Delivery;
/// use clip_events_receiver::{Secrets, Verifier};
///
/// async fn handler(delivery: Delivery) -> Result<(), String> {
///     let event = delivery.parse().map_err(|error| error.to_string())?;
///     Ok(println!("{}", event.type_name()))
/// }
///
/// let verifier = Arc::new(Verifier::new(Secrets::new("whsec_1")?));
/// let app: Router = Router::new().route("/hooks", post(handler)).with_state(verifier);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Delivery {
    body: Bytes,
    signed_at: u64,
}

/// Of the body its length: it may not be in a log.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery").field("body", &self.body.len()).finish_non_exhaustive()
    }
}

impl Delivery {
    /// The event.
    ///
    /// # Errors
    ///
    /// If the delivery does not meet the contract. It is genuine nevertheless, and to be sent again would not mend it: answer 200.
    pub fn parse(&self) -> Result<EventRef<'_>, ParseError> {
        EventRef::from_slice(&self.body)
    }

    /// The body, as it came.
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// When it was signed, in Unix seconds.
    pub fn signed_at(&self) -> u64 {
        self.signed_at
    }
}

impl<S> FromRequest<S> for Delivery
where
    S: Send + Sync,
    Arc<Verifier>: FromRef<S>,
{
    type Rejection = Answer;

    async fn from_request(request: Request, state: &S) -> Result<Self, Answer> {
        let verifier = Arc::<Verifier>::from_ref(state);
        let (headers, body) = read_request(request, BODY_LIMIT).await?;
        let verified = verifier.verify_one(&signatures(&headers), &body, SystemTime::now());
        let verified = verified.map_err(Answer::Refused).inspect_err(observe::answered)?;
        let signed_at = verified.signed_at();
        Ok(Self { body, signed_at })
    }
}
