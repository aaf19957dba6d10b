//! Media types: which one a body has, and which one an answer shall have (RFC 7644 §3.1, §3.8).

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

/// The media type of SCIM (RFC 7644 §8.1).
pub(crate) const SCIM_JSON: &str = "application/scim+json";
/// Plain JSON.
pub(crate) const JSON: &str = "application/json";
/// The media type of JSON Lines (<https://jsonlines.org>). No registry has one; this is the name that the format gives itself.
pub(crate) const JSON_LINES: &str = "application/jsonl";

/// Why a body is not read, for a 415.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unsupported {
    /// Not JSON.
    #[error("the body must be sent as application/scim+json or application/json")]
    Type,
    /// JSON in another encoding.
    #[error("the body must be UTF-8 (RFC 7644 §3.8): leave the charset out, or write charset=utf-8")]
    Charset,
    /// Compressed: a small body could become a very large one.
    #[error("the body must not be compressed: send it without Content-Encoding")]
    Encoding,
}

/// Whether a body with these headers may be read as JSON: either JSON type, or none at all.
///
/// # Errors
/// [`Unsupported`] for any other type, charset or content coding.
pub(crate) fn check_body(headers: &HeaderMap) -> Result<(), Unsupported> {
    if headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return Err(Unsupported::Encoding);
    }
    let mut values = headers.get_all(CONTENT_TYPE).iter();
    let Some(value) = values.next() else { return Ok(()) };
    if values.next().is_some() {
        return Err(Unsupported::Type);
    }
    let mut parts = value.to_str().map_err(|_| Unsupported::Type)?.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or_default();
    if ![SCIM_JSON, JSON, ""].iter().any(|known| media_type.eq_ignore_ascii_case(known)) {
        return Err(Unsupported::Type);
    }
    let charset = parts
        .filter_map(|part| part.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    match charset.map(|(_, value)| value.trim().trim_matches('"').to_ascii_lowercase()).as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii") => Ok(()),
        Some(_) => Err(Unsupported::Charset),
    }
}

/// The type in which a SCIM answer is sent: plain JSON when `Accept` prefers that, or names it and not SCIM's own; else
/// [`SCIM_JSON`], also when neither is acceptable: an error in a type the client did not ask for tells it more than a 406.
pub(crate) fn answer_type(headers: &HeaderMap) -> &'static str {
    let (mut scim, mut json) = (Wish::default(), Wish::default());
    for value in headers.get_all(ACCEPT) {
        for range in value.to_str().unwrap_or_default().split(',') {
            let mut parts = range.split(';').map(str::trim);
            let name = parts.next().unwrap_or_default().to_ascii_lowercase();
            let quality = parts.find_map(quality).unwrap_or(1000);
            scim.take(&name, SCIM_JSON, quality);
            json.take(&name, JSON, quality);
        }
    }
    if (json.quality, json.specific) > (scim.quality, scim.specific) { JSON } else { SCIM_JSON }
}

/// How much a client wants one type: the most specific range that matches it decides (RFC 9110 §12.5.1).
#[derive(Default)]
struct Wish {
    specific: u8,
    quality: u16,
}

impl Wish {
    fn take(&mut self, range: &str, media_type: &str, quality: u16) {
        let specific = match range {
            "*/*" => 1,
            "application/*" => 2,
            name if name == media_type => 3,
            _ => return,
        };
        if specific > self.specific {
            *self = Self { specific, quality };
        }
    }
}

/// The weight `q=0.5` in thousandths; `None` for another parameter or for what is no weight.
fn quality(parameter: &str) -> Option<u16> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    if fraction.len() > 3 {
        return None;
    }
    let thousandths: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{JSON, SCIM_JSON, Unsupported, answer_type, check_body};
    use axum::http::{HeaderMap, HeaderName, HeaderValue};

    fn headers(name: &'static str, value: &str) -> HeaderMap {
        [(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())].into_iter().collect()
    }

    #[test]
    fn h4_answer_is_in_the_type_that_accept_asks_for() {
        for (accept, answer) in [
            ("application/scim+json", SCIM_JSON),
            ("application/json", JSON),
            ("Application/JSON; charset=utf-8", JSON),
            ("*/*", SCIM_JSON),
            ("application/*", SCIM_JSON),
            ("application/json, application/scim+json", SCIM_JSON),
            ("application/json;q=0.9, application/scim+json;q=0.8", JSON),
            ("application/json;q=0.2, */*;q=0.1", JSON),
            ("application/json, text/plain, */*", JSON),
            ("application/json;q=0, */*", SCIM_JSON),
            ("application/scim+json;q=0, */*", JSON),
            ("text/html", SCIM_JSON),
            ("", SCIM_JSON),
            (",;q=,application/json;q=banana", JSON),
        ] {
            assert_eq!(answer_type(&headers("accept", accept)), answer, "{accept}");
        }
        assert_eq!(answer_type(&HeaderMap::new()), SCIM_JSON);
    }

    #[test]
    fn h5_body_may_be_either_json_or_without_a_type() {
        for content_type in [
            "application/scim+json",
            "application/json",
            "APPLICATION/JSON;charset=UTF-8",
            "application/scim+json; charset=\"utf-8\"",
        ] {
            assert_eq!(check_body(&headers("content-type", content_type)), Ok(()), "{content_type}");
        }
        assert_eq!(check_body(&HeaderMap::new()), Ok(()));
        for content_type in
            ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", "application/xml"]
        {
            assert_eq!(
                check_body(&headers("content-type", content_type)),
                Err(Unsupported::Type),
                "{content_type}"
            );
        }
        assert_eq!(
            check_body(&headers("content-type", "application/json; charset=utf-16")),
            Err(Unsupported::Charset)
        );
    }

    #[test]
    fn s35_compressed_body_is_refused() {
        assert_eq!(check_body(&headers("content-encoding", "gzip")), Err(Unsupported::Encoding));
        assert_eq!(check_body(&headers("content-encoding", "Identity")), Ok(()));
    }
}
