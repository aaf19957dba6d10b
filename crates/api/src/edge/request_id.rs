//! The request id: on the answer, in the log, and in the text of an internal error.

use axum::http::header::HeaderName;
use axum::http::{HeaderMap, HeaderValue};

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id of one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(Box<str>);

impl RequestId {
    /// The id that a proxy or client has chosen, when it is fit for a log line: 1 to 64 letters, digits, `-`, `_`, `.`.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(X_REQUEST_ID)?.to_str().ok()?;
        let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        ((1..=64).contains(&text.len()) && text.bytes().all(fit)).then(|| Self(text.into()))
    }

    /// An id of our own.
    pub(super) fn new(random: [u8; 10]) -> Self {
        let number = random.iter().fold(0_u128, |number, &byte| number << 8 | u128::from(byte));
        Self(format!("{number:020x}").into())
    }

    /// The text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Puts the id on an answer.
    pub(super) fn put(&self, headers: &mut HeaderMap) {
        if let Ok(value) = HeaderValue::from_str(&self.0) {
            headers.insert(X_REQUEST_ID, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RequestId, X_REQUEST_ID};
    use axum::http::{HeaderMap, HeaderValue};

    fn incoming(text: &str) -> Option<String> {
        let headers: HeaderMap =
            [(X_REQUEST_ID, HeaderValue::from_bytes(text.as_bytes()).unwrap())].into_iter().collect();
        RequestId::of(&headers).map(|id| id.as_str().to_owned())
    }

    #[test]
    fn s37_only_ids_that_are_fit_for_a_log_line_are_taken_over() {
        assert_eq!(incoming("a1-B_2.c").as_deref(), Some("a1-B_2.c"));
        for text in ["", " ", "a b", "é", "\u{1b}[31m".trim_start_matches('\u{1b}'), "a\"b", &"x".repeat(65)]
        {
            assert_eq!(incoming(text), None, "{text:?}");
        }
    }

    #[test]
    fn r30_own_ids_are_twenty_hexadecimal_digits() {
        assert_eq!(RequestId::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 255]).as_str(), "000102030405060708ff");
    }
}
