//! The `Authorization` header (RFC 6750 §2.1). A token is read from nowhere else: not from the query, not from a cookie.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

/// Why no bearer token could be read, in words for the administrator who has configured the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoBearer {
    /// There is no header.
    #[error("this request has no token: send the header `Authorization: Bearer <token>`")]
    Missing,
    /// There are two headers: which one counts must not be a guess.
    #[error("this request has more than one Authorization header: send exactly one")]
    Repeated,
    /// Something stands there, but it has no scheme. The administrator has pasted the token alone.
    #[error("the Authorization header has no scheme: put `Bearer ` (with the space) in front of the token")]
    NoScheme,
    /// Basic, Digest, or anything else.
    #[error("the Authorization header uses another scheme: this server takes `Bearer <token>` only")]
    OtherScheme,
    /// `Bearer` and nothing behind it, or bytes that no token has.
    #[error(
        "the Authorization header has no token behind `Bearer`, or one with characters that no token has"
    )]
    Malformed,
}

/// The token of the one `Authorization: Bearer` header. The scheme matches in any case (RFC 9110 §11.1).
///
/// # Errors
/// [`NoBearer`] says what is wrong, and how to put it right.
pub(crate) fn token(headers: &HeaderMap) -> Result<&str, NoBearer> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().ok_or(NoBearer::Missing)?;
    if values.next().is_some() {
        return Err(NoBearer::Repeated);
    }
    let text = value.to_str().map_err(|_| NoBearer::Malformed)?.trim();
    if text.is_empty() {
        return Err(NoBearer::Missing);
    }
    if text.eq_ignore_ascii_case("bearer") {
        return Err(NoBearer::Malformed);
    }
    let (scheme, token) = text.split_once(' ').ok_or(NoBearer::NoScheme)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(NoBearer::OtherScheme);
    }
    let token = token.trim_start_matches(' ');
    if !token.is_empty() && token.bytes().all(|byte| byte.is_ascii_graphic()) {
        Ok(token)
    } else {
        Err(NoBearer::Malformed)
    }
}

#[cfg(test)]
mod tests {
    use super::{NoBearer, token};
    use axum::http::header::AUTHORIZATION;
    use axum::http::{HeaderMap, HeaderValue};

    fn read(values: &[&[u8]]) -> Result<String, NoBearer> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_bytes(value).unwrap());
        }
        token(&headers).map(str::to_owned)
    }

    #[test]
    fn i1_bearer_is_read_in_any_case_and_with_runs_of_spaces() {
        for value in
            ["Bearer enr_scim_a_b", "bearer enr_scim_a_b", "BEARER   enr_scim_a_b", " Bearer enr_scim_a_b "]
        {
            assert_eq!(read(&[value.as_bytes()]).as_deref(), Ok("enr_scim_a_b"), "{value}");
        }
    }

    #[test]
    fn wire_o1_a_raw_token_is_refused_and_the_detail_says_what_to_put_in_front() {
        let error = read(&[b"enr_scim_a_b"]).unwrap_err();
        assert_eq!(error, NoBearer::NoScheme);
        assert!(error.to_string().contains("put `Bearer ` (with the space) in front"));
    }

    #[test]
    fn s12_empty_and_odd_credentials_are_refused() {
        assert_eq!(read(&[]), Err(NoBearer::Missing));
        assert_eq!(read(&[b""]), Err(NoBearer::Missing));
        assert_eq!(read(&[b"Bearer"]), Err(NoBearer::Malformed));
        assert_eq!(read(&[b"Bearer  "]), Err(NoBearer::Malformed));
        assert_eq!(read(&[b"Bearer a b"]), Err(NoBearer::Malformed));
        assert_eq!(read(&[b"Bearer \xff"]), Err(NoBearer::Malformed));
        assert_eq!(read(&[b"Basic YTpi"]), Err(NoBearer::OtherScheme));
        assert_eq!(read(&[b"Bearer a", b"Bearer b"]), Err(NoBearer::Repeated));
    }
}
