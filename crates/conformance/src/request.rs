//! A request as a check writes it.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde_json::{Map, Value};

use crate::urn;

const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What `Authorization` says.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Credentials {
    /// The token of the plan, if it has one.
    Token,
    /// No such header.
    None,
    /// `Bearer` and this.
    Other(&'static str),
}

/// A request that is not sent yet.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: Method,
    /// Below the base URL, with its query.
    pub(crate) path: String,
    pub(crate) credentials: Credentials,
    pub(crate) accept: Option<&'static str>,
    pub(crate) content_type: Option<&'static str>,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

impl Request {
    /// A request as a SCIM client makes it: the plan's token, `Accept: application/scim+json`.
    pub(crate) fn new(method: Method, path: impl Into<String>) -> Self {
        Self {
            method,
            path: path.into(),
            credentials: Credentials::Token,
            accept: Some("application/scim+json"),
            content_type: None,
            headers: Vec::new(),
            body: None,
        }
    }

    pub(crate) fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path)
    }

    pub(crate) fn post(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::POST, path).json(body)
    }

    pub(crate) fn put(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PUT, path).json(body)
    }

    pub(crate) fn patch(path: impl Into<String>, body: &Value) -> Self {
        Self::new(Method::PATCH, path).json(body)
    }

    pub(crate) fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path)
    }

    /// The query of these parameters as a search (RFC 7644 §3.4.3).
    pub(crate) fn search(endpoint: &str, parameters: &[(&str, &str)]) -> Self {
        let member = |(name, text): &(&str, &str)| {
            let value = match *name {
                "attributes" | "excludedAttributes" => text.split(',').collect(),
                "startIndex" | "count" => {
                    text.parse::<i64>().map_or_else(|_| Value::from(*text), Value::from)
                }
                _ => Value::from(*text),
            };
            ((*name).to_owned(), value)
        };
        let mut body: Map<String, Value> = parameters.iter().map(member).collect();
        body.insert("schemas".to_owned(), Value::from(vec![urn::SEARCH]));
        Self::post(format!("{endpoint}/.search"), &Value::Object(body))
    }

    /// With a JSON body.
    pub(crate) fn json(self, body: &Value) -> Self {
        self.raw("application/scim+json", body.to_string())
    }

    /// With a body of any kind.
    pub(crate) fn raw(mut self, content_type: &'static str, body: impl Into<String>) -> Self {
        self.content_type = Some(content_type);
        self.body = Some(body.into());
        self
    }

    /// With one more header.
    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With other credentials.
    pub(crate) fn credentials(mut self, credentials: Credentials) -> Self {
        self.credentials = credentials;
        self
    }

    /// With another `Accept`, or none.
    pub(crate) fn accept(mut self, accept: Option<&'static str>) -> Self {
        self.accept = accept;
        self
    }

    /// With one more query parameter.
    pub(crate) fn query(mut self, name: &str, value: &str) -> Self {
        let separator = if self.path.contains('?') { '&' } else { '?' };
        self.path = format!("{}{separator}{name}={}", self.path, encode(value));
        self
    }
}

/// Percent-encodes everything that is not unreserved (RFC 3986 §2.3).
pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, UNRESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Request;
    use crate::urn;

    #[test]
    fn k9_a_search_has_numbers_and_arrays() {
        let parameters = [("filter", "id pr"), ("count", "-1"), ("attributes", "userName,emails")];
        let request = Request::search("/Users", &parameters);
        let body: Value = serde_json::from_str(&request.body.unwrap()).unwrap();
        assert_eq!(request.path, "/Users/.search");
        assert_eq!(
            body,
            json!({"filter": "id pr", "count": -1, "attributes": ["userName", "emails"], "schemas": [urn::SEARCH]})
        );
    }

    #[test]
    fn query_parameters_are_encoded_and_joined() {
        let request = Request::get("/Users").query("filter", "userName eq \"a+b\"").query("count", "-1");
        assert_eq!(request.path, "/Users?filter=userName%20eq%20%22a%2Bb%22&count=-1");
    }
}
