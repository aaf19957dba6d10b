//! Whether a request comes from a page of this service (threat S38; OWASP ASVS 3.5.1): a browser says so, and a page of somebody
//! else cannot make it say otherwise.

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, HeaderName};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether the browser says that a page of `own` has sent the request. `Origin` has to be that, and `Sec-Fetch-Site`, where it is
/// sent, `same-origin`. A request with neither is none that may change anything by a cookie.
pub(crate) fn is_same(headers: &HeaderMap, own: &str) -> bool {
    let one = |name: &HeaderName| {
        let mut values = headers.get_all(name).iter();
        match (values.next(), values.next()) {
            (None, _) => Some(None),
            (Some(value), None) => value.to_str().ok().map(Some),
            (Some(_), Some(_)) => None,
        }
    };
    let (Some(origin), Some(site)) = (one(&ORIGIN), one(&SEC_FETCH_SITE)) else { return false };
    let (same_origin, same_site) = (
        origin.is_none_or(|origin| origin.eq_ignore_ascii_case(own)),
        site.is_none_or(|site| site == "same-origin"),
    );
    same_origin && same_site && (origin.is_some() || site.is_some())
}

#[cfg(test)]
mod tests {
    use axum::http::header::ORIGIN;
    use axum::http::{HeaderMap, HeaderValue};

    use super::{SEC_FETCH_SITE, is_same};

    #[test]
    fn threat_s38_only_what_a_browser_calls_the_same_origin_is_it() {
        const OWN: &str = "https://enroll.example.com";
        for (origin, site, same) in [
            (Some(OWN), None, true),
            (Some(OWN), Some("same-origin"), true),
            (None, Some("same-origin"), true),
            (None, None, false),
            (None, Some("none"), false),
            (None, Some("same-site"), false),
            (Some(OWN), Some("cross-site"), false),
            (Some("null"), Some("same-origin"), false),
            (Some("https://evil.example.com"), None, false),
            (Some("https://enroll.example.com.evil.com"), None, false),
            (Some("http://enroll.example.com"), None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.extend(origin.map(|origin| (ORIGIN, HeaderValue::from_str(origin).unwrap())));
            headers.extend(site.map(|site| (SEC_FETCH_SITE, HeaderValue::from_str(site).unwrap())));
            assert_eq!(is_same(&headers, OWN), same, "{origin:?} {site:?}");
        }
    }
}
