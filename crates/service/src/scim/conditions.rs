//! Conditional requests (RFC 7644 §3.14).

use super::IfMatch;
use super::representation::version_tag;
use crate::Error;

/// Checks an `If-Match` against the version that is there, by weak comparison: SCIM's own examples use weak tags here.
///
/// # Errors
/// [`Error::PreconditionFailed`] when none of the tags names the version.
pub(crate) fn check(if_match: Option<&IfMatch>, version: i64) -> Result<(), Error> {
    check_text(if_match, &version.to_string())
}

/// As [`check`], for a version that is no number.
///
/// # Errors
/// As [`check`].
pub(crate) fn check_text(if_match: Option<&IfMatch>, version: &str) -> Result<(), Error> {
    let holds = match if_match {
        None | Some(IfMatch::Any) => true,
        Some(IfMatch::Tags(tags)) => tags.iter().any(|tag| tag == version),
    };
    if holds { Ok(()) } else { Err(Error::PreconditionFailed { current: version_tag(version) }) }
}

#[cfg(test)]
mod tests {
    use super::{IfMatch, check};

    #[test]
    fn w3_if_match_names_the_version_or_fails() {
        let tags = |tags: &[&str]| Some(IfMatch::Tags(tags.iter().map(ToString::to_string).collect()));
        assert!(check(None, 3).is_ok());
        assert!(check(Some(&IfMatch::Any), 3).is_ok());
        assert!(check(tags(&["1", "3"]).as_ref(), 3).is_ok());
        assert!(check(tags(&["2"]).as_ref(), 3).is_err());
        assert!(check(tags(&[]).as_ref(), 3).is_err());
    }
}
