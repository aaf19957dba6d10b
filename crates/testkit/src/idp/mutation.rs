//! Alterations of a signed document, as an attacker would try them: whole elements copied, moved, hidden in others and made
//! somebody else's, and bytes changed. A program of bytes says which; any bytes are a program.

use roxmltree::Document;

/// What is put somewhere: the material of known attacks.
const PIECES: [&str; 16] = [
    "<!---->",
    "<?x?>",
    "<![CDATA[x]]>",
    "<!DOCTYPE a>",
    " ID=\"_evil\"",
    " xmlns=\"\"",
    " xmlns:saml2=\"urn:x\"",
    "<samlp:Extensions xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">",
    "</samlp:Extensions>",
    "<Object xmlns=\"http://www.w3.org/2000/09/xmldsig#\">",
    "</Object>",
    "&#x3c;",
    "&lt;",
    "\u{0}",
    "eve@example.com",
    "\"",
];

/// Runs a program on a document. Where the program or the document comes to its end, what is there by then is the result.
pub fn mutated(xml: &str, program: &[u8]) -> String {
    let mut text = xml.to_owned();
    for step in program.chunks_exact(4).take(6) {
        let [what, a, b, c] = [step[0], step[1], step[2], step[3]];
        text = match what % 8 {
            0..=3 => with_elements(&text, what, a, b, c),
            4 => {
                let at = place(&text, a, b);
                format!("{}{}{}", &text[..at], PIECES[usize::from(c) % PIECES.len()], &text[at..])
            }
            5 => {
                let at = place(&text, a, b);
                let next =
                    text[at..].char_indices().nth(usize::from(c % 8)).map_or(text.len(), |(n, _)| at + n);
                format!("{}{}", &text[..at], &text[next..])
            }
            6 => {
                let at = place(&text, a, b);
                format!("{}{}{}", &text[..at], char::from(c), &text[at..])
            }
            _ => text.replacen("ada@example.com", "eve@example.com", usize::from(a % 3) + 1),
        };
    }
    text
}

/// Copies, moves, replaces or deletes an element; a copy may be made somebody else's and get another id.
fn with_elements(text: &str, what: u8, from: u8, to: u8, how: u8) -> String {
    let Ok(document) = Document::parse(text) else { return text.to_owned() };
    let elements: Vec<(usize, usize, usize)> = document
        .descendants()
        .filter(roxmltree::Node::is_element)
        .map(|element| {
            let range = element.range();
            let inside = element.first_child().map_or(range.end, |child| child.range().start);
            (range.start, inside, range.end)
        })
        .collect();
    let (start, _, end) = elements[usize::from(from) % elements.len()];
    let (before, inside, behind) = elements[usize::from(to) % elements.len()];
    let mut piece = text[start..end].to_owned();
    if how & 1 != 0 {
        piece = piece.replace("ada@example.com", "eve@example.com");
    }
    if how & 2 != 0 {
        piece = piece.replacen(" ID=\"", " ID=\"_evil", 1);
    }
    if how & 4 != 0 {
        piece = format!("<x>{piece}</x>");
    }
    let at = match (how >> 3) & 3 {
        0 => before,
        1 => inside,
        _ => behind,
    };
    let without = |cut: &str| {
        let shift = if at >= end { end - start } else { 0 };
        let at = if at > start && at < end { start } else { at - shift };
        format!("{}{piece}{}", &cut[..at], &cut[at..])
    };
    match what % 4 {
        0 => format!("{}{piece}{}", &text[..at], &text[at..]),
        1 => without(&format!("{}{}", &text[..start], &text[end..])),
        2 => format!("{}{piece}{}", &text[..before], &text[behind..]),
        _ => format!("{}{}", &text[..start], &text[end..]),
    }
}

/// A place between two characters.
fn place(text: &str, a: u8, b: u8) -> usize {
    let at = ((usize::from(a) << 8) | usize::from(b)) * text.len() / 65_536;
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
