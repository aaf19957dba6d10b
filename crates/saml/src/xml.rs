//! One parser for all: the parsed message, and how the rest of the crate reads elements.

use std::collections::HashSet;

use roxmltree::{Document, Node, ParsingOptions};

use crate::policy::MAX_NODES;
use crate::refusal::{Reason, Refusal};
use crate::scan::scan;

/// `urn:oasis:names:tc:SAML:2.0:protocol`.
pub(crate) const PROTOCOL: &str = "urn:oasis:names:tc:SAML:2.0:protocol";
/// `urn:oasis:names:tc:SAML:2.0:assertion`.
pub(crate) const ASSERTION: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// XML Signature.
pub(crate) const SIGNATURE: &str = "http://www.w3.org/2000/09/xmldsig#";
/// SAML metadata.
pub(crate) const METADATA: &str = "urn:oasis:names:tc:SAML:2.0:metadata";
const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";
const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// Parses a message after the first look ([`scan`]).
///
/// # Errors
/// What [`scan`] refuses; text that is not well-formed; an id that two elements have (A2); an inclusion (A9).
pub(crate) fn parse(bytes: &[u8]) -> Result<Document<'_>, Refusal> {
    let text = scan(bytes)?;
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    // The parser's error may quote the message: it is not repeated.
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DuplicatedAttribute(..) | roxmltree::Error::DuplicatedNamespace(..) => {
            Refusal::from(Reason::DuplicateAttribute)
        }
        roxmltree::Error::NodesLimitReached => Reason::TooLarge.into(),
        error => Refusal::with(Reason::Malformed, format!("at {}", error.pos())),
    })?;
    let mut ids = HashSet::new();
    for element in document.descendants().filter(Node::is_element) {
        inspect(element, &mut ids)?;
    }
    Ok(document)
}

fn inspect<'a>(element: Node<'a, '_>, ids: &mut HashSet<&'a str>) -> Result<(), Refusal> {
    if element.tag_name().namespace() == Some(XINCLUDE) {
        return Err(Reason::Xinclude.into());
    }
    for attribute in element.attributes() {
        let names_it = match attribute.namespace() {
            None => ["ID", "Id", "id", "AssertionID"].contains(&attribute.name()),
            Some(namespace) => namespace == XML && attribute.name() == "id",
        };
        if names_it && !ids.insert(attribute.value()) {
            return Err(Reason::DuplicateId.into());
        }
    }
    Ok(())
}

/// The text of an element's start tag, as it was sent.
pub(crate) fn start_tag<'i>(element: Node<'_, 'i>) -> &'i str {
    let text = element.document().input_text();
    let end = element.first_child().map_or(element.range().end, |child| child.range().start);
    text.get(element.range().start..end).unwrap_or_default()
}

/// Whether an element has this name.
pub(crate) fn is(element: Node<'_, '_>, namespace: &str, name: &str) -> bool {
    element.is_element()
        && element.tag_name().namespace() == Some(namespace)
        && element.tag_name().name() == name
}

/// The children of this name.
pub(crate) fn children<'a, 'i>(
    element: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'i>> {
    element.children().filter(move |child| is(*child, namespace, name))
}

/// The child of this name, if there is one.
///
/// # Errors
/// When there are several.
pub(crate) fn at_most_one<'a, 'i>(
    element: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Option<Node<'a, 'i>>, Refusal> {
    let mut found = children(element, namespace, name);
    match (found.next(), found.next()) {
        (first, None) => Ok(first),
        _ => Err(Refusal::with(Reason::Incomplete, format!("{name} stands twice"))),
    }
}

/// The one child of this name.
///
/// # Errors
/// When there is none or there are several.
pub(crate) fn one<'a, 'i>(
    element: Node<'a, 'i>,
    namespace: &'static str,
    name: &'static str,
) -> Result<Node<'a, 'i>, Refusal> {
    at_most_one(element, namespace, name)?
        .ok_or_else(|| Refusal::with(Reason::Incomplete, format!("{name} is missing")))
}

/// The whole text of an element, from the first character to the last.
///
/// # Errors
/// When it contains an element: part of the text would be lost (A5).
pub(crate) fn text(element: Node<'_, '_>) -> Result<String, Refusal> {
    let mut whole = String::new();
    for child in element.children() {
        match child.text() {
            Some(part) if child.is_text() => whole.push_str(part),
            _ => {
                let name = element.tag_name().name();
                return Err(Refusal::with(Reason::Incomplete, format!("{name} is no plain text")));
            }
        }
    }
    Ok(whole)
}

/// A required attribute.
///
/// # Errors
/// When it is missing or empty.
pub(crate) fn attribute<'a>(element: Node<'a, '_>, name: &'static str) -> Result<&'a str, Refusal> {
    match element.attribute(name) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => Err(Refusal::with(Reason::Incomplete, format!("{} has no {name}", element.tag_name().name()))),
    }
}

/// A text as content or as the value of an attribute in quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
