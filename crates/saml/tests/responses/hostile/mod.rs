//! Responses that must be refused, each with its reason. A case is a document and what to say of it; where a signature is
//! needed to come that far, the right key has made it.

mod algorithms;
mod claims;
mod markup;
mod mutated;
mod signature_form;
mod size;
mod subject;
mod unsigned;
mod wrapping;

/// The text from the first `begin` to the end of the last `end`.
pub(crate) fn cut<'t>(text: &'t str, begin: &str, end: &str) -> &'t str {
    let start = text.find(begin).unwrap_or_else(|| panic!("{begin} is in {text}"));
    let stop = text.rfind(end).unwrap_or_else(|| panic!("{end} is in {text}")) + end.len();
    &text[start..stop]
}
