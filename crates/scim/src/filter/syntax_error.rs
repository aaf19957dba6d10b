//! Where a filter stops making sense, and what to tell the person who wrote it.

use crate::ScimError;

/// A filter that cannot be read, with the place where it went wrong.
#[derive(Debug)]
pub(super) struct SyntaxError {
    /// Byte offset in the whole text.
    pub(super) offset: usize,
    /// What was found, what was expected, and a hint.
    pub(super) message: String,
    /// A bracket, or a text after it, is wrong rather than the filter in it: in a PATCH path that is `invalidPath`.
    pub(super) outside: bool,
}

impl SyntaxError {
    pub(super) fn new(offset: usize, message: impl Into<String>) -> Self {
        Self { offset, message: message.into(), outside: false }
    }

    pub(super) fn outside(offset: usize, message: impl Into<String>) -> Self {
        Self { outside: true, ..Self::new(offset, message) }
    }

    /// The sentence for the client, with the column counted in characters from 1.
    pub(super) fn detail(&self, what: &str, text: &str) -> String {
        let column = text.char_indices().take_while(|(at, _)| *at < self.offset).count() + 1;
        format!("{what}, column {column}: {}", self.message)
    }

    pub(super) fn into_filter_error(self, text: &str) -> ScimError {
        ScimError::invalid_filter(self.detail("filter", text))
    }
}

/// A quoted and shortened piece of what was written, safe to show.
pub(super) fn excerpt(text: &str) -> String {
    // Long enough for the URI of an extension and a name.
    const LONGEST: usize = 100;
    let shown: String =
        text.chars().take(LONGEST).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    let dots = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("'{shown}{dots}'")
}
