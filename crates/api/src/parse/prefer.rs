//! The `Prefer` header (RFC 7240): only `return` matters here.

use axum::http::HeaderMap;
use axum::http::header::HeaderName;

/// The name of the header.
pub(crate) const PREFER: HeaderName = HeaderName::from_static("prefer");
/// The header that tells a client which preference was followed.
pub(crate) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// What the answer to a change shall hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ReturnPreference {
    /// `return=minimal`: no body.
    Minimal,
    /// `return=representation`: the resource.
    Representation,
}

impl ReturnPreference {
    /// The first `return` preference that is known; the rest of the header is ignored, as RFC 7240 §2 asks.
    pub(crate) fn read(headers: &HeaderMap) -> Option<Self> {
        let preferences = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
        preferences.flat_map(|value| value.split(',')).find_map(|preference| {
            let (name, value) = preference.split(';').next()?.split_once('=')?;
            if !name.trim().eq_ignore_ascii_case("return") {
                return None;
            }
            match value.trim().trim_matches('"') {
                "minimal" => Some(Self::Minimal),
                "representation" => Some(Self::Representation),
                _ => None,
            }
        })
    }

    /// The value for `Preference-Applied`.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Minimal => "return=minimal",
            Self::Representation => "return=representation",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PREFER, ReturnPreference};
    use axum::http::{HeaderMap, HeaderValue};

    #[test]
    fn q4_prefer_return_is_read_among_other_preferences() {
        for (value, preference) in [
            ("return=representation", Some(ReturnPreference::Representation)),
            ("respond-async, Return = \"minimal\"; x=1", Some(ReturnPreference::Minimal)),
            ("return=everything", None),
            ("return", None),
            ("handling=strict", None),
            ("", None),
        ] {
            let headers: HeaderMap = [(PREFER, HeaderValue::from_static(value))].into_iter().collect();
            assert_eq!(ReturnPreference::read(&headers), preference, "{value}");
        }
    }
}
