//! Small pieces of SCIM as identity providers write them: schema URIs, filters in URLs, PATCH bodies.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Value, json};

use crate::plan::Idp;

pub(crate) const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
pub(crate) const GROUP: &str = "urn:ietf:params:scim:schemas:core:2.0:Group";
pub(crate) const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
pub(crate) const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
pub(crate) const LIST_RESPONSE: &str = "urn:ietf:params:scim:api:messages:2.0:ListResponse";
pub(crate) const ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `attribute eq "value"` with the value quoted as JSON requires (RFC 7644 §3.4.2.2).
pub(crate) fn equals(attribute: &str, value: &str) -> String {
    format!("{attribute} eq {}", Value::from(value))
}

/// A query parameter as the identity provider encodes it: Entra and authentik write a blank as `+`, the others as `%20`.
pub(crate) fn encode(idp: Idp, text: &str) -> String {
    match idp {
        Idp::Entra | Idp::Authentik => form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        _ => utf8_percent_encode(text, UNRESERVED).to_string(),
    }
}

/// The path of one resource, such as `/Users/2819c223`.
pub(crate) fn resource(collection: &str, id: &str) -> String {
    format!("{collection}/{}", utf8_percent_encode(id, UNRESERVED))
}

/// A PATCH body (RFC 7644 §3.5.2).
pub(crate) fn patch(operations: Vec<Value>) -> Value {
    json!({"schemas": [PATCH_OP], "Operations": Value::Array(operations)})
}

/// One PATCH operation with a path and a value.
pub(crate) fn operation(op: &str, path: &str, value: impl Into<Value>) -> Value {
    json!({"op": op, "path": path, "value": value.into()})
}

/// An attribute of the enterprise extension with its URN, such as `urn:...:User:department`.
pub(crate) fn enterprise(attribute: &str) -> String {
    format!("{ENTERPRISE}:{attribute}")
}

/// What a request is counted as: `GET /Users`, `GET /Users?filter`, `PATCH /Users/{id}`.
pub(crate) fn kind(method: &Method, path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let mut parts = path.trim_start_matches('/').splitn(2, '/');
    let collection = parts.next().unwrap_or_default();
    let id = if parts.next().is_some() { "/{id}" } else { "" };
    let filter = if query.contains("filter=") { "?filter" } else { "" };
    format!("{method} /{collection}{id}{filter}")
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::{encode, equals, kind, resource};
    use crate::plan::Idp;

    #[test]
    fn okta_and_entra_encode_a_filter_differently() {
        let filter = equals("userName", "o'brien+x@acme.example");
        assert_eq!(encode(Idp::Okta, &filter), "userName%20eq%20%22o%27brien%2Bx%40acme.example%22");
        assert_eq!(encode(Idp::Entra, &filter), "userName+eq+%22o%27brien%2Bx%40acme.example%22");
    }

    #[test]
    fn a_quote_in_a_filter_value_is_escaped() {
        assert_eq!(
            equals("displayName", r#"The "Green" \ Team"#),
            r#"displayName eq "The \"Green\" \\ Team""#
        );
    }

    #[test]
    fn requests_are_counted_by_their_kind() {
        assert_eq!(kind(&Method::GET, "/Users?filter=x&count=1"), "GET /Users?filter");
        assert_eq!(kind(&Method::PATCH, "/Groups/42?aadOptscim062020"), "PATCH /Groups/{id}");
        assert_eq!(kind(&Method::POST, "/Users"), "POST /Users");
    }

    #[test]
    fn an_id_cannot_leave_its_path() {
        assert_eq!(resource("/Users", "../Groups?x"), "/Users/..%2FGroups%3Fx");
    }
}
