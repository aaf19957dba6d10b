//! A request's body: bounded while it is read, and only then parsed (S27).

use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_LENGTH, EXPECT};
use bytes::Bytes;
use enroll_scim::json::parse_object;
use enroll_scim::{Object, ScimError};
use http_body_util::BodyExt as _;
use std::time::Duration;

use super::Refusal;
use crate::App;
use crate::edge::Told;
use crate::parse::media_type;

/// How long the rest of a body that is too large is thrown away before the 413 is sent.
const DISCARD_TIME: Duration = Duration::from_secs(3);
/// How much of it, in bodies of the largest size.
const DISCARD_BODIES: usize = 16;

/// A body that is a JSON object.
pub(crate) struct JsonBody(pub(crate) Object);

impl FromRequest<App> for JsonBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let bytes = app.config().body_bytes;
        let advice = "send fewer values at a time";
        object(request, app, Limit { bytes, name: "", advice }).await.map(Self)
    }
}

/// A body that is a JSON object and may have the size of a bulk request (RFC 7644 §3.7.4).
pub(crate) struct BulkBody(pub(crate) Object);

impl FromRequest<App> for BulkBody {
    type Rejection = Refusal;

    async fn from_request(request: Request, app: &App) -> Result<Self, Refusal> {
        let bytes = app.config().bulk_body_bytes;
        let advice = "send fewer operations at a time";
        object(request, app, Limit { bytes, name: ", the limit (maxPayloadSize)", advice }).await.map(Self)
    }
}

/// How large a body may be, and what a client is told of it.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) bytes: usize,
    /// What stands behind the number: the name under which the limit is announced.
    pub(crate) name: &'static str,
    pub(crate) advice: &'static str,
}

async fn object(request: Request, app: &App, limit: Limit) -> Result<Object, Refusal> {
    media_type::check_body(request.headers())?;
    let told = Told::of(request.extensions()).cloned();
    let bytes = bytes(request, app, limit).await?;
    if let Some(told) = told {
        told.body(&bytes);
    }
    Ok(parse_object(&bytes, app.service().limits())?)
}

/// The bytes of a body, of whatever type.
///
/// # Errors
/// 413, 408, and 400 for a body that breaks off.
pub(crate) async fn bytes(request: Request, app: &App, limit: Limit) -> Result<Bytes, ScimError> {
    let announced =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let waits_for_leave = request.headers().contains_key(EXPECT);
    let mut body = request.into_body();
    if announced.is_some_and(|announced| announced > limit.bytes as u64) {
        if !waits_for_leave {
            discard(body, limit.bytes).await;
        }
        return Err(too_large(limit));
    }
    let time = app.config().body_time;
    let read = tokio::time::timeout(time, read(&mut body, limit.bytes)).await;
    match read {
        Ok(Ok(bytes)) => Ok(bytes),
        Ok(Err(Unread::TooLarge)) => {
            discard(body, limit.bytes).await;
            Err(too_large(limit))
        }
        Ok(Err(Unread::Broken)) => Err(ScimError::invalid_syntax("the body could not be read to its end")),
        Err(_elapsed) => {
            let detail = format!("the body was not complete after {} seconds", time.as_secs());
            Err(ScimError::new(408, detail))
        }
    }
}

enum Unread {
    TooLarge,
    Broken,
}

async fn read(body: &mut Body, limit: usize) -> Result<Bytes, Unread> {
    let mut first = Bytes::new();
    let mut rest = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Unread::Broken)?.into_data() else { continue };
        if first.len() + rest.len() + data.len() > limit {
            return Err(Unread::TooLarge);
        }
        if first.is_empty() {
            first = data;
        } else {
            rest.extend_from_slice(&data);
        }
    }
    if rest.is_empty() { Ok(first) } else { Ok([first.as_ref(), &rest].concat().into()) }
}

/// Reads on without keeping anything. A client that is still sending when the connection is closed under it sees a broken
/// connection, and not the answer that would tell it why.
async fn discard(mut body: Body, limit: usize) {
    let reading = async {
        let mut left = limit.saturating_mul(DISCARD_BODIES);
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                break;
            }
        }
    };
    // When the time is up, the answer is sent all the same.
    let _ = tokio::time::timeout(DISCARD_TIME, reading).await;
}

fn too_large(limit: Limit) -> ScimError {
    let Limit { bytes, name, advice } = limit;
    ScimError::too_large(format!("the body is larger than {bytes} bytes{name}; {advice}"))
}
