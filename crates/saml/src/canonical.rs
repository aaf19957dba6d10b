//! Exclusive XML Canonicalization 1.0 without comments (W3C xml-exc-c14n), for what [`crate::scan`] lets through.
//!
//! Whether this is right decides whether good signatures verify. It does not decide whether bad ones do: the bytes made here are
//! the bytes that are hashed, and the same bytes are parsed anew to be read. A fault could only make other bytes than the
//! signer's, and their digest is another.

use std::collections::BTreeSet;

use roxmltree::{Node, NodeId};

use crate::refusal::{Reason, Refusal};
use crate::xml::start_tag;

/// The canonical form of an element. `without` is left out: the enveloped signature. `inclusive` are the prefixes of an
/// `InclusiveNamespaces` list; `#default` stands for the default namespace.
///
/// # Errors
/// When the names of the message cannot be read again from its text.
pub(crate) fn canonical(
    element: Node<'_, '_>,
    without: Option<NodeId>,
    inclusive: &[&str],
) -> Result<String, Refusal> {
    let inclusive: BTreeSet<&str> =
        inclusive.iter().map(|prefix| if *prefix == "#default" { "" } else { prefix }).collect();
    let mut writer = Writer { out: String::new(), rendered: Vec::new(), inclusive, without };
    writer.element(element)?;
    Ok(writer.out)
}

struct Writer<'a> {
    out: String,
    /// Prefix and name of each namespace that was written on an open element, innermost last.
    rendered: Vec<(String, String)>,
    inclusive: BTreeSet<&'a str>,
    without: Option<NodeId>,
}

impl Writer<'_> {
    fn element(&mut self, element: Node<'_, '_>) -> Result<(), Refusal> {
        let name = element_name(element)?;
        let (prefix, _) = split(name);
        let mut attributes = Vec::new();
        let mut prefixes = self.inclusive.iter().copied().collect::<BTreeSet<&str>>();
        prefixes.insert(prefix);
        for attribute in element.attributes() {
            let name =
                element.document().input_text().get(attribute.range_qname()).ok_or(Reason::Malformed)?;
            let (prefix, local) = split(name);
            if !prefix.is_empty() {
                prefixes.insert(prefix);
            }
            attributes.push((attribute.namespace().unwrap_or_default(), local, name, attribute.value()));
        }
        attributes.sort_unstable();

        let outer = self.rendered.len();
        self.out.push('<');
        self.out.push_str(name);
        // In the order of the prefixes, the default namespace first.
        for prefix in prefixes {
            self.namespace(element, prefix);
        }
        for (_, _, name, value) in attributes {
            self.attribute(name, value);
        }
        self.out.push('>');
        for child in element.children() {
            if child.is_element() {
                if Some(child.id()) != self.without {
                    self.element(child)?;
                }
            } else if let Some(text) = child.text() {
                self.text(text);
            }
        }
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
        self.rendered.truncate(outer);
        Ok(())
    }

    /// Writes a namespace if it is not in force already by what was written.
    fn namespace(&mut self, element: Node<'_, '_>, prefix: &str) {
        if prefix == "xml" {
            return;
        }
        let named = if prefix.is_empty() { None } else { Some(prefix) };
        let in_scope = element.lookup_namespace_uri(named);
        let rendered =
            self.rendered.iter().rev().find(|(known, _)| known == prefix).map(|(_, uri)| uri.as_str());
        let uri = match (in_scope, rendered) {
            // Listed as inclusive, and not declared.
            (None, _) if named.is_some() => return,
            (uri, rendered) if uri.unwrap_or_default() == rendered.unwrap_or_default() => return,
            (uri, _) => uri.unwrap_or_default(),
        };
        if prefix.is_empty() {
            self.attribute("xmlns", uri);
        } else {
            self.attribute(&format!("xmlns:{prefix}"), uri);
        }
        self.rendered.push((prefix.to_owned(), uri.to_owned()));
    }

    fn attribute(&mut self, name: &str, value: &str) {
        self.out.push(' ');
        self.out.push_str(name);
        self.out.push_str("=\"");
        for character in value.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '"' => self.out.push_str("&quot;"),
                '\t' => self.out.push_str("&#x9;"),
                '\n' => self.out.push_str("&#xA;"),
                '\r' => self.out.push_str("&#xD;"),
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }

    fn text(&mut self, text: &str) {
        for character in text.chars() {
            match character {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '\r' => self.out.push_str("&#xD;"),
                other => self.out.push(other),
            }
        }
    }
}

/// The name of an element as it was written: the parser keeps the namespace, but not the prefix.
fn element_name<'i>(element: Node<'_, 'i>) -> Result<&'i str, Refusal> {
    let tag = start_tag(element).strip_prefix('<').ok_or(Reason::Malformed)?;
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').ok_or(Reason::Malformed)?;
    let name = tag.get(..end).ok_or(Reason::Malformed)?;
    if split(name).1 == element.tag_name().name() { Ok(name) } else { Err(Reason::Malformed.into()) }
}

fn split(name: &str) -> (&str, &str) {
    name.split_once(':').unwrap_or(("", name))
}

#[cfg(test)]
mod tests {
    use roxmltree::{Document, Node};

    use super::canonical;

    fn of(xml: &str, name: &str, inclusive: &[&str]) -> String {
        let document = Document::parse(xml).unwrap();
        let element = document.descendants().find(|node: &Node<'_, '_>| node.has_tag_name(name)).unwrap();
        canonical(element, None, inclusive).unwrap()
    }

    /// The examples of the recommendation, section 2.2.
    #[test]
    fn exclusive_form_takes_only_the_namespaces_in_use() {
        let enveloped = "<n0:local xmlns:n0='foo:bar' xmlns:n3='ftp://example.org'><n1:elem2 xmlns:n1='http://example.net' xml:lang='en'><n3:stuff xmlns:n3='ftp://example.org'/></n1:elem2></n0:local>";
        let document = Document::parse(enveloped).unwrap();
        let inner = document.descendants().find(|node| node.tag_name().name() == "elem2").unwrap();
        assert_eq!(
            canonical(inner, None, &[]).unwrap(),
            "<n1:elem2 xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>"
        );
        assert_eq!(
            canonical(inner, None, &["n0"]).unwrap(),
            "<n1:elem2 xmlns:n0=\"foo:bar\" xmlns:n1=\"http://example.net\" xml:lang=\"en\"><n3:stuff xmlns:n3=\"ftp://example.org\"></n3:stuff></n1:elem2>"
        );
    }

    #[test]
    fn attributes_are_sorted_by_namespace_and_escaped() {
        let xml =
            "<e c='3' xmlns:b='urn:a' b:z='1' a = '&lt;&quot;&#9;&#10;&#13;&gt;' xmlns:a='urn:b' a:a='2' />";
        assert_eq!(
            of(xml, "e", &[]),
            "<e xmlns:a=\"urn:b\" xmlns:b=\"urn:a\" a=\"&lt;&quot;&#x9;&#xA;&#xD;>\" c=\"3\" b:z=\"1\" a:a=\"2\"></e>"
        );
    }

    #[test]
    fn text_keeps_white_space_and_line_ends_are_one_character() {
        assert_eq!(of("<e> a\r\nb&#13;&gt;&amp; </e>", "e", &[]), "<e> a\nb&#xD;&gt;&amp; </e>");
    }

    #[test]
    fn default_namespace_is_written_and_taken_back() {
        let xml = "<e xmlns='urn:a'><f><g xmlns=''><h/></g></f></e>";
        let document = Document::parse(xml).unwrap();
        assert_eq!(
            canonical(document.root_element(), None, &[]).unwrap(),
            "<e xmlns=\"urn:a\"><f><g xmlns=\"\"><h></h></g></f></e>"
        );
        let g = document.descendants().find(|node| node.tag_name().name() == "g").unwrap();
        assert_eq!(canonical(g, None, &["#default"]).unwrap(), "<g><h></h></g>");
    }

    #[test]
    fn enveloped_signature_is_left_out() {
        let document = Document::parse("<e>a<s/>b</e>").unwrap();
        let signature = document.descendants().find(|node| node.has_tag_name("s")).unwrap();
        assert_eq!(canonical(document.root_element(), Some(signature.id()), &[]).unwrap(), "<e>ab</e>");
    }
}
