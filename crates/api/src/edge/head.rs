//! The size and shape of a request's head, checked before anything reads it.

use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};

use crate::HttpConfig;
use crate::parse::path;

/// Checks target and headers.
///
/// # Errors
/// Status and sentence: 414, 431, or 400.
pub(super) fn check<B>(
    request: &axum::http::Request<B>,
    config: &HttpConfig,
) -> Result<(), (StatusCode, String)> {
    let uri = request.uri();
    if uri.path().len() + uri.query().map_or(0, str::len) > config.target_bytes {
        let detail = format!("the URL is longer than {} bytes; shorten the filter", config.target_bytes);
        return Err((StatusCode::URI_TOO_LONG, detail));
    }
    let bytes: usize =
        request.headers().iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum();
    if bytes > config.header_bytes {
        let detail = format!("the headers of the request are longer than {} bytes", config.header_bytes);
        return Err((StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail));
    }
    if request.headers().contains_key(CONTENT_LENGTH) && request.headers().contains_key(TRANSFER_ENCODING) {
        let detail =
            "the request has both Content-Length and Transfer-Encoding: two servers could read two bodies";
        return Err((StatusCode::BAD_REQUEST, detail.to_owned()));
    }
    path::check(uri.path()).map_err(|error| (StatusCode::BAD_REQUEST, error.to_string()))
}
