//! Whether a path may be routed at all: checked once, on the path as it was sent, and never rewritten (S10).

use super::percent;

/// The path has an encoding that two readers could read in two ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "the path is not readable: every % needs two hexadecimal digits that give UTF-8 text without control characters"
)]
pub(crate) struct UnreadablePath;

/// Checks the percent-encoding of a path (RFC 3986 §2.1).
///
/// # Errors
/// [`UnreadablePath`] for a `%` without two hexadecimal digits, for bytes that are not UTF-8, and for control characters.
pub(crate) fn check(path: &str) -> Result<(), UnreadablePath> {
    let decoded = percent::decode(path).ok_or(UnreadablePath)?;
    if decoded.chars().any(char::is_control) { Err(UnreadablePath) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{UnreadablePath, check};

    #[test]
    fn s10_odd_encodings_are_refused() {
        for path in ["/scim/v2/Users", "/scim/v2/Schemas/urn%3Aietf", "/%C3%A9", "/a%2Fb"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for path in ["/%", "/%4", "/%zz", "/%ff", "/%C3", "/a%00b", "/%0d%0a", "/%7f", "/%+1"] {
            assert_eq!(check(path), Err(UnreadablePath), "{path}");
        }
    }
}
