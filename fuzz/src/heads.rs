//! Query string, `Authorization`, `If-Match`.

use axum::http::header::{AUTHORIZATION, IF_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::parse::entity_tag::Tags;
use crate::parse::query::Query;
use crate::parse::{bearer, path};

/// The parameters of a list, and the path in front of them.
pub fn query(data: &[u8]) {
    let Ok(text) = str::from_utf8(data) else { return };
    let query = Query::new(Some(text));
    for name in ["filter", "sortBy", "cursor"] {
        if let Ok(Some(value)) = query.one(name) {
            assert!(query.has(name), "{value:?} was found and is not there");
        }
    }
    for name in ["count", "startIndex"] {
        let _ = query.number(name);
    }
    for name in ["attributes", "excludedAttributes"] {
        if let Ok(Some(names)) = query.names(name) {
            assert!(names.iter().all(|name| !name.is_empty()), "{names:?}");
        }
    }
    let _ = path::check(text);
}

/// Headers of one name, a line each.
fn headers(name: &HeaderName, data: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in data.split(|byte| *byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    headers
}

/// A token is one word of visible characters that stands in the header.
pub fn authorization(data: &[u8]) {
    let headers = headers(&AUTHORIZATION, data);
    if let Ok(token) = bearer::token(&headers) {
        assert!(!token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()), "{token:?}");
        assert_eq!(headers.get_all(AUTHORIZATION).iter().count(), 1);
    }
}

/// A condition that is there is read or refused, and never taken for none.
pub fn if_match(data: &[u8]) {
    let headers = headers(&IF_MATCH, data);
    match Tags::read(&headers, &IF_MATCH) {
        Ok(None) => assert!(headers.is_empty()),
        Ok(Some(Tags::Listed(tags))) => assert!(tags.iter().all(|tag| !tag.contains('"')), "{tags:?}"),
        Ok(Some(Tags::Any)) | Err(_) => {}
    }
}
