//! Too much of anything (A10). The time that an answer may take is checked for every case of the corpus, in `World`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::Reason;
use enroll_testkit::idp::Dialect;

use crate::world::{World, key};

fn world_and_xml() -> (World, String) {
    let world = World::of(Dialect::Entra);
    let xml = world.spec(Dialect::Entra).xml(key());
    (world, xml)
}

#[test]
fn threat_a10_documents_that_are_too_large() {
    let (world, xml) = world_and_xml();
    let padded = |length: usize| format!("{xml}{}", " ".repeat(length - xml.len()));
    assert!(world.finish_xml(padded(256 * 1024)).outcome.is_ok());
    assert_eq!(world.refusal_of_xml(padded(256 * 1024 + 1)), Reason::TooLarge);
    let field = "A".repeat(64 * 1024 * 1024);
    assert_eq!(world.finish_field(&field).outcome.unwrap_err().reason(), Reason::TooLarge);
    let blank = " ".repeat(64 * 1024 * 1024);
    assert_eq!(world.finish_field(&blank).outcome.unwrap_err().reason(), Reason::TooLarge);
}

#[test]
fn threat_a10_nesting_attributes_and_namespaces() {
    let (world, xml) = world_and_xml();
    let attributes = |n: usize| (0..n).map(|i| format!(" a{i}=\"\"")).collect::<String>();
    let namespaces = |n: usize| (0..n).map(|i| format!(" xmlns:n{i}=\"urn:{i}\"")).collect::<String>();
    let many: String = (0..80_000).map(|_| "<a/>").collect::<String>();
    for (name, inserted, reason) in [
        ("deep", "<a>".repeat(70) + &"</a>".repeat(70), Reason::TooDeep),
        ("very deep", "<a>".repeat(30_000) + &"</a>".repeat(30_000), Reason::TooDeep),
        ("deep and not closed", "<a>".repeat(60_000), Reason::TooDeep),
        ("65 attributes", format!("<a{}/>", attributes(65)), Reason::TooManyAttributes),
        ("10,000 attributes", format!("<a{}/>", attributes(10_000)), Reason::TooManyAttributes),
        ("10,000 namespaces", format!("<a{}/>", namespaces(10_000)), Reason::TooManyAttributes),
        (
            "namespaces in layers",
            format!("<a{0}><a{0}><a{0}><a{0}><a{0}/></a></a></a></a>", namespaces(16)),
            Reason::TooManyAttributes,
        ),
        ("elements", many, Reason::TooLarge),
    ] {
        let document = xml.replacen("<Subject>", &format!("{inserted}<Subject>"), 1);
        let reason = if document.len() > 256 * 1024 { Reason::TooLarge } else { reason };
        assert_eq!(world.refusal_of_xml(document), reason, "{name}");
    }
    let elements = format!("<a>{}</a>", "<b/>".repeat(60_000));
    assert_eq!(world.refusal_of_xml(elements), Reason::TooLarge);
}

/// What is allowed and costs most: many elements that each look up many namespaces.
#[test]
fn threat_a10_the_worst_that_is_allowed() {
    let (world, xml) = world_and_xml();
    let namespaces: String = (0..60).map(|i| format!(" xmlns:n{i}=\"urn:{i}\"")).collect();
    let layer = format!("<a{namespaces}>");
    let inside: String = (0..8_000).map(|i| format!("<n59:b xmlns:c{i}=\"u:\"/>")).collect();
    let heavy = format!("{layer}{inside}</a>");
    let document = xml.replacen("<Subject>", &format!("{heavy}<Subject>"), 1);
    assert!(document.len() < 256 * 1024, "{}", document.len());
    assert_eq!(world.refusal_of_xml(document), Reason::DigestMismatch);
}

#[test]
fn threat_a10_form_fields_that_are_no_base64_of_xml() {
    let (world, xml) = world_and_xml();
    let packed = miniz_oxide::deflate::compress_to_vec(&vec![b' '; 50_000_000], 6);
    for (name, field, reason) in [
        ("empty", String::new(), Reason::Malformed),
        ("text", xml.clone(), Reason::NotBase64),
        ("URL alphabet", STANDARD.encode(&xml).replace('+', "-").replace('/', "_") + "-", Reason::NotBase64),
        ("no padding", STANDARD.encode("<a />").trim_end_matches('=').to_owned(), Reason::NotBase64),
        ("too much padding", STANDARD.encode("<a/>") + "====", Reason::NotBase64),
        ("bits behind the end", "PGEvPh==".replace("Ph==", "Pn=="), Reason::NotBase64),
        ("percent-encoded", STANDARD.encode(&xml).replacen('P', "%50", 1), Reason::NotBase64),
        ("twice", STANDARD.encode(STANDARD.encode(&xml)), Reason::Malformed),
        ("deflated", STANDARD.encode(packed), Reason::NotUtf8),
        ("brackets", STANDARD.encode("<".repeat(200_000)), Reason::Malformed),
        ("one open tag", STANDARD.encode("<a ".to_owned() + &"b ".repeat(100_000)), Reason::Malformed),
        ("one open quote", STANDARD.encode("<a b=\"".to_owned() + &"b ".repeat(100_000)), Reason::Malformed),
    ] {
        assert_eq!(world.finish_field(&field).outcome.unwrap_err().reason(), reason, "{name}");
    }
}
