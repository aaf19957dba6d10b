//! `/ServiceProviderConfig` (RFC 7643 §5, RFC 9865 §4, RFC 9967 §4).

use serde_json::{Value, json};

use super::meta;
use crate::Object;

/// The `schemas` URI of the service provider configuration.
pub const SERVICE_PROVIDER_CONFIG_SCHEMA: &str =
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig";

/// What the server can do. Whoever answers requests vouches that it is true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceProviderConfig {
    /// A page that tells people how to use the service.
    pub documentation_uri: Option<String>,
    /// Whether PATCH is supported.
    pub patch: bool,
    /// Bulk requests. The sizes are announced even when they are not supported: the RFC requires them, and clients read them.
    pub bulk: Bulk,
    /// Most resources in one answer to a query; `None` when filters are not supported.
    pub filter_max_results: Option<u32>,
    /// Whether passwords can be changed.
    pub change_password: bool,
    /// Whether `sortBy` is supported.
    pub sort: bool,
    /// Whether resources have ETags.
    pub etag: bool,
    /// How lists are paged.
    pub pagination: Pagination,
    /// URIs of the security events that the server can generate and deliver; none when it has no security events. Requests are
    /// never completed asynchronously.
    pub security_events: Vec<String>,
    /// How clients authenticate.
    pub authentication_schemes: Vec<AuthenticationScheme>,
}

/// What a bulk request may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bulk {
    /// Whether bulk requests are supported.
    pub supported: bool,
    /// Most operations in one request.
    pub max_operations: u32,
    /// Largest request, in bytes.
    pub max_payload_size: u32,
}

/// How lists are paged (RFC 9865 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pagination {
    /// Seconds for which a cursor is good at least; `None` when pages cannot be asked for by cursor.
    pub cursor_timeout: Option<u32>,
    /// Resources on a page when the client does not say.
    pub default_page_size: u32,
    /// Most resources on a page.
    pub max_page_size: u32,
}

/// How clients authenticate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthenticationScheme {
    /// `oauth`, `oauth2`, `oauthbearertoken`, `httpbasic` or `httpdigest`.
    pub kind: &'static str,
    /// A name for people.
    pub name: String,
    /// What it is, for people.
    pub description: String,
    /// Its specification.
    pub spec_uri: Option<String>,
    /// A page that tells people how to use it.
    pub documentation_uri: Option<String>,
    /// Whether it is the preferred one.
    pub primary: bool,
}

impl Default for ServiceProviderConfig {
    /// PATCH, filters, ETags and sorting and index paging with bearer tokens; no bulk, no passwords.
    fn default() -> Self {
        Self {
            documentation_uri: None,
            patch: true,
            bulk: Bulk { supported: false, max_operations: 1000, max_payload_size: 4 * 1024 * 1024 },
            filter_max_results: Some(1000),
            change_password: false,
            sort: true,
            etag: true,
            pagination: Pagination { cursor_timeout: None, default_page_size: 100, max_page_size: 1000 },
            security_events: Vec::new(),
            authentication_schemes: vec![AuthenticationScheme::bearer_token()],
        }
    }
}

impl AuthenticationScheme {
    /// A bearer token (RFC 6750).
    pub fn bearer_token() -> Self {
        Self {
            kind: "oauthbearertoken",
            name: "OAuth Bearer Token".into(),
            description: "A token in the Authorization header: \"Authorization: Bearer <token>\"".into(),
            spec_uri: Some("https://www.rfc-editor.org/info/rfc6750".into()),
            documentation_uri: None,
            primary: true,
        }
    }

    fn to_object(&self) -> Object {
        let mut object = Object::from_iter([
            ("type".to_owned(), Value::from(self.kind)),
            ("name".to_owned(), self.name.as_str().into()),
            ("description".to_owned(), self.description.as_str().into()),
        ]);
        put_uri(&mut object, "specUri", self.spec_uri.as_deref());
        put_uri(&mut object, "documentationUri", self.documentation_uri.as_deref());
        object.insert("primary".to_owned(), self.primary.into());
        object
    }
}

impl ServiceProviderConfig {
    /// The document.
    pub fn to_object(&self, base_url: &str) -> Object {
        let mut object = Object::from_iter([("schemas".to_owned(), json!([SERVICE_PROVIDER_CONFIG_SCHEMA]))]);
        put_uri(&mut object, "documentationUri", self.documentation_uri.as_deref());
        let mut put = |name: &str, value: Value| {
            object.insert(name.to_owned(), value);
        };
        put("patch", json!({ "supported": self.patch }));
        put("bulk", self.bulk.to_value());
        put(
            "filter",
            json!({
                "supported": self.filter_max_results.is_some(),
                "maxResults": self.filter_max_results.unwrap_or(self.pagination.max_page_size),
            }),
        );
        put("changePassword", json!({ "supported": self.change_password }));
        put("sort", json!({ "supported": self.sort }));
        put("etag", json!({ "supported": self.etag }));
        put("pagination", self.pagination.to_value());
        if !self.security_events.is_empty() {
            put("securityEvents", json!({ "asyncRequest": "none", "eventUris": self.security_events }));
        }
        let schemes = self.authentication_schemes.iter().map(AuthenticationScheme::to_object);
        put("authenticationSchemes", schemes.map(Value::Object).collect());
        put("meta", meta("ServiceProviderConfig", base_url, "/ServiceProviderConfig"));
        object
    }
}

impl Bulk {
    fn to_value(self) -> Value {
        json!({
            "supported": self.supported,
            "maxOperations": self.max_operations,
            "maxPayloadSize": self.max_payload_size,
        })
    }
}

impl Pagination {
    fn to_value(self) -> Value {
        let mut pagination = json!({
            "cursor": self.cursor_timeout.is_some(),
            "index": true,
            "defaultPaginationMethod": "index",
            "defaultPageSize": self.default_page_size,
            "maxPageSize": self.max_page_size,
        });
        if let Some(seconds) = self.cursor_timeout {
            pagination["cursorTimeout"] = seconds.into();
        }
        pagination
    }
}

/// Puts a URI where there is one: a document never holds `null`.
fn put_uri(object: &mut Object, name: &str, uri: Option<&str>) {
    if let Some(uri) = uri {
        object.insert(name.to_owned(), uri.into());
    }
}
