//! The few pages that a user may see: plain, with nothing from elsewhere and no script.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_service::Error;

use super::input::Unreadable;

/// A page with a heading and a body of HTML, whose texts were escaped. `form` is where a form of it may lead.
pub(crate) fn page(status: StatusCode, title: &str, body: &str, form: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{title}</title></head>\n<body>\n<h1>{title}</h1>\n{body}\n</body>\n</html>\n"
    );
    let policy = format!("default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action {form}");
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}

/// A page that says what is wrong.
pub(crate) fn error(error: &Error) -> Response {
    let scim = error.to_scim();
    if scim.status() >= 500 {
        tracing::error!(%error, "request failed");
    }
    let status = StatusCode::from_u16(scim.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    page(status, "This did not work", &format!("<p>{}</p>", escape(scim.detail())), "'none'")
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        page(StatusCode::BAD_REQUEST, "This did not work", &format!("<p>{}</p>", escape(self.0)), "'none'")
    }
}

/// Sends the browser on. Nothing of the address that it comes from is told to where it goes.
pub(crate) fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            let referrer = (REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            (StatusCode::SEE_OTHER, [(LOCATION, location), referrer]).into_response()
        }
        Err(_) => error(&Error::Internal("a redirect has characters that no URL has".to_owned())),
    }
}

/// Text as HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn threat_s37_text_is_escaped_in_elements_and_attributes() {
        let escaped = escape(r#"<script>alert('x')</script> & "quoted""#);
        assert_eq!(escaped, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;");
    }
}
