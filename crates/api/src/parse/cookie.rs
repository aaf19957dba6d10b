//! The `Cookie` header (RFC 6265 §5.4).

use axum::http::HeaderMap;
use axum::http::header::COOKIE;

/// The value of the one cookie of that name. Two of them are none: which one counts must not be a guess, as whoever can set a
/// cookie for a neighbouring host could set the second.
pub(crate) fn value<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let pairs = headers.get_all(COOKIE).iter().filter_map(|header| header.to_str().ok());
    let pairs = pairs.flat_map(|header| header.split(';')).filter_map(|pair| pair.split_once('='));
    let mut values = pairs.filter(|(key, _)| key.trim() == name).map(|(_, value)| value.trim());
    let first = values.next()?;
    if values.next().is_some() { None } else { Some(first) }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE;
    use axum::http::{HeaderMap, HeaderValue};

    use super::value;

    #[test]
    fn one_cookie_of_a_name_is_found_and_two_are_none() {
        for (sent, found) in [
            (&["a=1; session=x; b=2"][..], Some("x")),
            (&["a=1", "session=x"], Some("x")),
            (&["session=x;session=y"], None),
            (&["session=x", "session=y"], None),
            (&["Session=x"], None),
            (&["other_session=x"], None),
            (&["session"], None),
            (&[], None),
        ] {
            let mut headers = HeaderMap::new();
            for text in sent {
                headers.append(COOKIE, HeaderValue::from_static(text));
            }
            assert_eq!(value(&headers, "session"), found, "{sent:?}");
        }
    }
}
