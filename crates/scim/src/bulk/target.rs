//! The `path` of an operation: one of the two endpoints or a resource below one, and nothing that could be read as another
//! URL (threat S29).

use super::REFERENCE;
use crate::ScimError;
use crate::validate::shown;

/// A resource type's endpoint (RFC 7644 §3.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    /// `/Users`
    Users,
    /// `/Groups`
    Groups,
}

/// Longest id in a path: twice what this server's ids take.
const LONGEST_ID: usize = 72;

/// Splits `/Users`, `/Users/{id}`, `/Users/bulkId:{bulkId}`, and the same of `/Groups`.
///
/// # Errors
/// 400 `invalidValue` for every other text: the path is compared letter by letter and never decoded or normalized.
pub(super) fn parse(path: &str) -> Result<(Endpoint, Option<String>), ScimError> {
    for (endpoint, prefix) in [(Endpoint::Users, "/Users"), (Endpoint::Groups, "/Groups")] {
        let Some(rest) = path.strip_prefix(prefix) else { continue };
        if rest.is_empty() {
            return Ok((endpoint, None));
        }
        if let Some(id) = rest.strip_prefix('/')
            && is_id(id)
        {
            return Ok((endpoint, Some(id.to_owned())));
        }
    }
    Err(ScimError::invalid_value(format!(
        "path must be /Users or /Groups for POST, and /Users/{{id}} or /Groups/{{id}} for PUT, PATCH and DELETE, relative to \
         the base URL, without query and without percent-encoding; it is {:?}",
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
