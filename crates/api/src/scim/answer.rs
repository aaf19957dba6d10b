//! Answers that hold a resource, a list, or nothing.

use axum::Extension;
use axum::http::header::{CONTENT_TYPE, ETAG, LOCATION};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use enroll_scim::Object;
use enroll_service::{Answer, Outcome, Written};

use super::Refusal;
use crate::edge::{AnswerBody, Noted};
use crate::parse::media_type::SCIM_JSON;

/// The answer to a request that the service has carried out or refused. What was read differently from how it was written
/// goes with it to the request log.
pub(super) fn of<T>(outcome: Outcome<T>, show: impl FnOnce(T) -> Response) -> Response {
    let mut response = outcome.result.map_or_else(|error| Refusal::from(error).into_response(), show);
    if !outcome.notes.is_empty() {
        response.extensions_mut().insert(Noted::from(outcome.notes));
    }
    response
}

/// A JSON body. The edge changes the media type when the client asked for plain JSON.
pub(super) fn scim_json(status: StatusCode, body: &Object) -> Response {
    let text = Bytes::from(serde_json::to_vec(body).unwrap_or_else(|_| b"{}".to_vec()));
    (status, Extension(AnswerBody(text.clone())), [(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON))], text)
        .into_response()
}

/// One resource that was read, with `Location` and `ETag` as [`resource`] has them. The request log keeps no answer to a read that
/// went well, so none is handed to it.
pub(super) fn written(found: &Written) -> Response {
    let mut headers = HeaderMap::with_capacity(4);
    put(&mut headers, LOCATION, &found.location);
    put(&mut headers, ETAG, &found.version);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(SCIM_JSON));
    (headers, found.json.clone()).into_response()
}

/// One resource with `Location` (= `meta.location`, RFC 7644 §3.3) and `ETag` (= `meta.version`, §3.14). An answer without a
/// resource is 204, whatever `status` says: never a 200 with nothing in it.
pub(super) fn resource(status: StatusCode, answer: &Answer) -> Response {
    let mut headers = HeaderMap::new();
    put(&mut headers, LOCATION, &answer.location);
    put(&mut headers, ETAG, &answer.version);
    match &answer.resource {
        Some(body) => (headers, scim_json(status, body)).into_response(),
        None => (StatusCode::NO_CONTENT, headers).into_response(),
    }
}

/// 304: the client has this version already (RFC 9110 §15.4.5).
pub(super) fn not_modified(version: &str) -> Response {
    let mut headers = HeaderMap::new();
    put(&mut headers, ETAG, version);
    (StatusCode::NOT_MODIFIED, headers).into_response()
}

/// Locations and versions are made by the service from ids, numbers and a checked URL, all of it fit for a header.
fn put(headers: &mut HeaderMap, name: HeaderName, value: &str) {
    match HeaderValue::from_str(value) {
        Ok(value) => {
            headers.insert(name, value);
        }
        Err(error) => tracing::error!(%error, header = name.as_str(), "value not fit for a header left out"),
    }
}
