//! The first answer of a connection test.

use crate::answer::Answer;

/// Whether anything else can be played.
///
/// # Errors
/// A sentence why not: no answer, or the token was refused. It is recorded as a failed check too, so that the report has
/// the evidence.
pub(crate) fn reachable(first: &Answer<'_>) -> Result<(), String> {
    let stopped = match first.status() {
        None => "the server does not answer",
        Some(401 | 403) => "the server refuses the SCIM token",
        Some(_) => return Ok(()),
    };
    first.is(&[200]);
    Err(stopped.to_owned())
}
