//! The `path` of an operation: one of the endpoints or a resource below one, and nothing that could be read as another
//! URL (threat S29).

use super::REFERENCE;
use crate::ScimError;
use crate::validate::shown;

/// A resource type's endpoint (RFC 7644 §3.2), for example `/Users`: one of those that the request was read with.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint(Box<str>);

impl Endpoint {
    /// The path below the base URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Longest id in a path: twice what this server's ids take.
const LONGEST_ID: usize = 72;

/// Splits `/Users`, `/Users/{id}`, `/Users/bulkId:{bulkId}`, and the same of every other endpoint.
///
/// # Errors
/// 400 `invalidValue` for every other text: the path is compared letter by letter and never decoded or normalized.
pub(super) fn parse(path: &str, endpoints: &[String]) -> Result<(Endpoint, Option<String>), ScimError> {
    for endpoint in endpoints {
        let Some(rest) = path.strip_prefix(endpoint.as_str()) else { continue };
        if rest.is_empty() {
            return Ok((Endpoint(endpoint.as_str().into()), None));
        }
        if let Some(id) = rest.strip_prefix('/')
            && is_id(id)
        {
            return Ok((Endpoint(endpoint.as_str().into()), Some(id.to_owned())));
        }
    }
    Err(ScimError::invalid_value(format!(
        "path must be the endpoint of a resource type for POST ({}), and that with an id behind it for PUT, PATCH and \
         DELETE (for example /Users/{{id}}), relative to the base URL, without query and without percent-encoding; it is \
         {:?}",
        endpoints.join(", "),
        shown(path)
    )))
}

/// Whether the text can be an id. A bulkId is only ever looked up among those of the request, so it may be any text.
fn is_id(text: &str) -> bool {
    if let Some(bulk_id) = text.strip_prefix(REFERENCE) {
        return !bulk_id.is_empty();
    }
    let fit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=LONGEST_ID).contains(&text.len()) && text.bytes().all(fit)
}
