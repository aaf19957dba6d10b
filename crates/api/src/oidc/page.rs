//! The few pages that a user may see: plain, with nothing from elsewhere and no script.

use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use enroll_domain::audit::Origin;
use enroll_service::{Error, PublicUrl};

use super::input::Unreadable;

/// How the pages look. It stands in each page: a page that asks for nothing more is there at once, and cannot lose half of itself.
const STYLE: &str = include_str!("page.css");

/// The SHA-256 of [`STYLE`], by which browsers apply it and no other.
const STYLE_HASH: &str = "sha256-vtvN1cgjjKwg9g/sW+ubc9O2wv/jgmmkCKqvxz8b8Ts=";

/// A page with a heading and a body of HTML, whose texts were escaped. `form` is where a form of it may lead.
pub(crate) fn page(status: StatusCode, title: &str, body: &str, form: &str) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head>\n<body>\n<main>\n\
         <h1>{title}</h1>\n{body}\n</main>\n</body>\n</html>\n"
    );
    let policy = format!(
        "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src '{STYLE_HASH}'; form-action {form}"
    );
    let policy = HeaderValue::from_str(&policy)
        .unwrap_or(HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
        (CONTENT_SECURITY_POLICY, policy),
        // Not `no-referrer`: browsers then send `Origin: null` with a form, and no page of this service could be told from another's.
        (REFERRER_POLICY, HeaderValue::from_static("same-origin")),
        (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (status, headers, html).into_response()
}

/// Where a form may lead whose answer is a redirect to somebody else: browsers hold redirects to the policy too, and the identity
/// provider or application may send the browser on to hosts that are not known here. `known` is an address that it leads to.
pub(crate) fn leads_on(public_url: &PublicUrl, known: Option<&str>) -> String {
    let mut to = "'self' https:".to_owned();
    if public_url.is_plain_loopback() || known.is_some_and(|known| known.starts_with("http:")) {
        to.push_str(" http:");
    }
    to
}

/// What is wrong, as a page shows it.
pub(crate) struct Wrong<'a> {
    pub(crate) status: StatusCode,
    pub(crate) title: &'a str,
    /// For the person.
    pub(crate) text: &'a str,
    /// For an administrator, with a stable code.
    pub(crate) admin: Option<(&'a str, &'a str)>,
}

/// The title where nothing more exact can be said.
pub(crate) const DID_NOT_WORK: &str = "This did not work";

/// A page that says what is wrong with a request, by its id, by which an administrator finds it in the log.
pub(crate) fn wrong(wrong: &Wrong<'_>, origin: &Origin) -> Response {
    let mut body = format!("<p>{}</p>\n", sentence(wrong.text));
    if let Some((text, code)) = wrong.admin {
        let (text, code) = (escape(text), escape(code));
        body.push_str(&format!("<p class=\"admin\">For administrators: {text} (<code>{code}</code>)</p>\n"));
    }
    if let Some(id) = &origin.request_id {
        body.push_str(&format!("<p class=\"quiet\">Request: <code>{}</code></p>", escape(id)));
    }
    page(wrong.status, wrong.title, &body, "'none'")
}

/// An error as a page.
pub(crate) fn error(error: &Error, origin: &Origin) -> Response {
    let scim = error.to_scim();
    if scim.status() >= 500 {
        tracing::error!(%error, "request failed");
    }
    let status = StatusCode::from_u16(scim.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    wrong(&Wrong { status, title: DID_NOT_WORK, text: scim.detail(), admin: None }, origin)
}

impl IntoResponse for Unreadable {
    fn into_response(self) -> Response {
        let (status, title) = (StatusCode::BAD_REQUEST, DID_NOT_WORK);
        wrong(&Wrong { status, title, text: self.text, admin: None }, &self.origin)
    }
}

/// Sends the browser on. Nothing of the address that it comes from is told to where it goes.
pub(crate) fn redirect(to: &str) -> Response {
    match HeaderValue::from_str(to) {
        Ok(location) => {
            let referrer = (REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            (StatusCode::SEE_OTHER, [(LOCATION, location), referrer]).into_response()
        }
        Err(_) => {
            let fault = Error::Internal("a redirect has characters that no URL has".to_owned());
            error(&fault, &Origin::default())
        }
    }
}

/// A message as a sentence of a page, as HTML: errors begin with a small letter, as they mostly stand behind something else.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let word = text.split_whitespace().next().unwrap_or_default();
    match letters.next() {
        // A name, such as `return_to`, stays as it is.
        Some(first) if word.chars().all(char::is_alphabetic) => {
            escape(&first.to_uppercase().chain(letters).collect::<String>())
        }
        _ => escape(text),
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
    use data_encoding::BASE64;
    use sha2::{Digest as _, Sha256};

    use super::{STYLE, STYLE_HASH, escape, sentence};

    #[test]
    fn a_message_becomes_a_sentence_and_a_name_stays() {
        assert_eq!(sentence("there is no directory <x>"), "There is no directory &lt;x&gt;");
        assert_eq!(sentence("return_to has to be a path"), "return_to has to be a path");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn the_policy_names_the_style_of_the_pages() {
        let hash = format!("sha256-{}", BASE64.encode(&Sha256::digest(STYLE)));
        assert_eq!(STYLE_HASH, hash, "page.css was changed: browsers would not apply it");
        assert!(!STYLE.contains('<'), "the style stands in an element of a page");
    }

    #[test]
    fn threat_s37_text_is_escaped_in_elements_and_attributes() {
        let escaped = escape(r#"<script>alert('x')</script> & "quoted""#);
        assert_eq!(escaped, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;quoted&quot;");
    }
}
