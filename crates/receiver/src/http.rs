//! What the HTTP layers share: a request's signatures, and its body within a limit.

use std::error::Error;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use http_body::Body;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use crate::answer::Answer;
use crate::signature::SIGNATURE_HEADER;

/// The values of all headers that hold a signature.
pub(crate) fn signatures(headers: &HeaderMap) -> Vec<&[u8]> {
    headers.get_all(SIGNATURE_HEADER).iter().map(http::HeaderValue::as_bytes).collect()
}

/// The body, as it came. One that says that it is too large is not read.
pub(crate) async fn read<B>(body: B, limit: usize) -> Result<Bytes, Answer>
where
    B: Body,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if body.size_hint().lower() > limit as u64 {
        return Err(Answer::TooLarge);
    }
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Answer::TooLarge),
        Err(_) => Err(Answer::Broken),
    }
}

pub(crate) fn status(answer: Answer) -> StatusCode {
    StatusCode::from_u16(answer.status()).expect("each answer has a status of HTTP")
}
