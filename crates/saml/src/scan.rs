//! The first look at a message: limits and forbidden constructs, before any parser sees it.
//!
//! In well-formed XML without CDATA sections, comments and processing instructions, `<` stands for nothing but the beginning
//! of a tag. Refusing `<!` and `<?` therefore refuses all of them, and document type declarations too, wherever they stand; what
//! is left can be counted tag by tag.

use crate::policy::{MAX_ATTRIBUTES, MAX_DECODED_BYTES, MAX_DEPTH, MAX_NAMESPACES_IN_SCOPE};
use crate::refusal::{Reason, Refusal};

/// The text of a message, without byte order mark and XML declaration, after the first look (A4, A5, A9, A10).
///
/// # Errors
/// When the message is too large, no UTF-8, or has what no SAML message needs.
pub(crate) fn scan(bytes: &[u8]) -> Result<&str, Refusal> {
    if bytes.len() > MAX_DECODED_BYTES {
        return Err(Reason::TooLarge.into());
    }
    let text = str::from_utf8(bytes).map_err(|_| Refusal::from(Reason::NotUtf8))?;
    // UTF-16 of ASCII characters is UTF-8 full of NUL.
    if text.contains('\0') {
        return Err(Reason::NotUtf8.into());
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = without_declaration(text)?;
    tags(text)?;
    entities(text)?;
    Ok(text)
}

/// Takes the XML declaration away. It can say nothing but XML 1.0 in UTF-8.
fn without_declaration(text: &str) -> Result<&str, Refusal> {
    let Some(rest) = text.strip_prefix("<?xml") else { return Ok(text) };
    let Some((declaration, rest)) = rest.split_once("?>") else { return Err(Reason::Malformed.into()) };
    let plain = declaration.replace('\'', "\"").to_ascii_lowercase();
    let words: Vec<&str> = plain.split_ascii_whitespace().collect();
    let standalone = ["standalone=\"yes\"", "standalone=\"no\""];
    let known = match words.as_slice() {
        ["version=\"1.0\""] | ["version=\"1.0\"", "encoding=\"utf-8\""] => true,
        ["version=\"1.0\"", last] | ["version=\"1.0\"", "encoding=\"utf-8\"", last] => {
            standalone.contains(last)
        }
        _ => false,
    };
    if known { Ok(rest) } else { Err(Reason::NotUtf8.into()) }
}

/// Nothing but the five entities of XML itself and characters by number.
fn entities(text: &str) -> Result<(), Refusal> {
    for after in text.split('&').skip(1) {
        let predefined = ["amp;", "lt;", "gt;", "quot;", "apos;", "#"];
        if !predefined.iter().any(|known| after.starts_with(known)) {
            return Err(Reason::Entity.into());
        }
    }
    Ok(())
}

/// Walks from tag to tag.
fn tags(text: &str) -> Result<(), Refusal> {
    // Namespace declarations of each open element.
    let mut open: Vec<usize> = Vec::new();
    let mut in_scope = 0;
    let mut rest = text;
    while let Some((_, tag)) = rest.split_once('<') {
        if let Some(reason) = forbidden(tag) {
            return Err(reason.into());
        }
        let (inside, after) = split_tag(tag)?;
        rest = after;
        if inside.starts_with('/') {
            in_scope -= open.pop().ok_or(Refusal::from(Reason::Malformed))?;
            continue;
        }
        let declared = attributes(inside)?;
        if in_scope + declared > MAX_NAMESPACES_IN_SCOPE {
            return Err(Reason::TooManyAttributes.into());
        }
        if open.len() >= MAX_DEPTH {
            return Err(Reason::TooDeep.into());
        }
        if !inside.ends_with('/') {
            open.push(declared);
            in_scope += declared;
        }
    }
    Ok(())
}

/// What begins like a tag and is none.
fn forbidden(tag: &str) -> Option<Reason> {
    if tag.starts_with("!--") {
        Some(Reason::Comment)
    } else if tag.starts_with("![CDATA[") {
        Some(Reason::Cdata)
    } else if tag.starts_with('!') {
        Some(Reason::Doctype)
    } else if tag.starts_with('?') {
        Some(Reason::ProcessingInstruction)
    } else {
        None
    }
}

/// Splits at the `>` that ends the tag: one in quotes does not.
fn split_tag(tag: &str) -> Result<(&str, &str), Refusal> {
    let mut quote = None;
    for (at, character) in tag.char_indices() {
        match (quote, character) {
            (None, '>') => {
                let (inside, after) = tag.split_at(at);
                return Ok((inside, after.strip_prefix('>').unwrap_or(after)));
            }
            (None, '"' | '\'') => quote = Some(character),
            // Not well-formed, and a place where parsers differ.
            (_, '<') => return Err(Reason::Malformed.into()),
            (Some(open), _) if open == character => quote = None,
            _ => {}
        }
    }
    Err(Reason::Malformed.into())
}

/// Counts the attributes of a tag and gives how many declare a namespace.
fn attributes(inside: &str) -> Result<usize, Refusal> {
    let mut names: Vec<&str> = Vec::new();
    let mut declared = 0;
    // Between two quoted values stands the next name with its `=`.
    let mut rest = inside;
    while let Some((before, quoted)) = rest.split_once(['"', '\'']) {
        let quote = if rest.as_bytes().get(before.len()) == Some(&b'"') { '"' } else { '\'' };
        let (value, after) = quoted.split_once(quote).unwrap_or((quoted, ""));
        let name = before.trim_end().trim_end_matches('=').trim_end();
        let name = name.rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or(name);
        // roxmltree takes two default namespaces on one element.
        if names.contains(&name) {
            return Err(Reason::DuplicateAttribute.into());
        }
        names.push(name);
        if name == "xmlns" || name.starts_with("xmlns:") {
            declared += 1;
            let takes_back = name == "xmlns" && value.is_empty();
            if !takes_back && !is_absolute(value) {
                return Err(Reason::NamespaceUri.into());
            }
        }
        if names.len() > MAX_ATTRIBUTES {
            return Err(Reason::TooManyAttributes.into());
        }
        rest = after;
    }
    Ok(declared)
}

/// Whether a namespace name is an absolute URI as it is written: it has a scheme (RFC 3986 §3.1). Canonicalization is not
/// defined for others.
fn is_absolute(uri: &str) -> bool {
    let Some((scheme, _)) = uri.split_once(':') else { return false };
    scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
}

#[cfg(test)]
mod tests {
    use super::scan;
    use crate::refusal::Reason;

    fn reason(text: impl AsRef<[u8]>) -> Option<Reason> {
        scan(text.as_ref()).err().map(|refusal| refusal.reason())
    }

    #[test]
    fn threat_a4_only_xml_1_0_in_utf_8_is_read() {
        for good in [
            "<a/>",
            "\u{feff}<a/>",
            "<?xml version=\"1.0\"?><a/>",
            "<?xml version='1.0' encoding='UTF-8' standalone=\"no\"?>\n<a/>",
        ] {
            assert_eq!(reason(good), None, "{good}");
        }
        for bad in [
            "<?xml version=\"1.1\"?><a/>",
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>",
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a/>",
            "<\0a\0/\0>\0",
        ] {
            assert_eq!(reason(bad), Some(Reason::NotUtf8), "{bad}");
        }
        assert_eq!(reason(b"<a>\xff</a>"), Some(Reason::NotUtf8));
        assert_eq!(reason("<a/><?xml version=\"1.0\"?>"), Some(Reason::ProcessingInstruction));
    }

    #[test]
    fn threat_a10_limits_are_exact() {
        let attributes =
            |n: usize| format!("<a{}/>", (0..n).map(|i| format!(" b{i}='>'")).collect::<String>());
        assert_eq!(reason(attributes(64)), None);
        assert_eq!(reason(attributes(65)), Some(Reason::TooManyAttributes));
        let depth = |n: usize| "<a>".repeat(n) + &"</a>".repeat(n);
        assert_eq!(reason(depth(64)), None);
        assert_eq!(reason(depth(65)), Some(Reason::TooDeep));
        let namespaces = |tags: usize| {
            let tag: String = (0..64).map(|i| format!(" xmlns:n{i}='urn:{i}'")).collect();
            format!("<a{tag}>").repeat(tags) + &"</a>".repeat(tags)
        };
        assert_eq!(reason(namespaces(1)), None);
        assert_eq!(reason(namespaces(2)), Some(Reason::TooManyAttributes));
        let long = |n: usize| format!("<a>{}</a>", " ".repeat(n - 7));
        assert_eq!(reason(long(256 * 1024)), None);
        assert_eq!(reason(long(256 * 1024 + 1)), Some(Reason::TooLarge));
    }

    #[test]
    fn threat_a4_an_attribute_stands_once() {
        assert_eq!(reason("<a xmlns='urn:a' xmlns='urn:b'/>"), Some(Reason::DuplicateAttribute));
        assert_eq!(reason("<a b = 'x' c=\"b='\" d='y'/>"), None);
        assert_eq!(reason("<a b='x'\n b=\"y\"/>"), Some(Reason::DuplicateAttribute));
        assert_eq!(reason("<a b='<'/>"), Some(Reason::Malformed));
    }
}
