//! SAML responses and metadata.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use enroll_saml::{
    AttributeMapping, Begun, Certificate, Certificates, Connection, Endpoint, EntityId, Identity,
    IdentityProvider, Preset, ServiceProvider, Skew, begin, finish,
};
use jiff::Timestamp;
use roxmltree::Document;

use crate::idp::{Dialect, KeyKind, ResponseSpec, Signed, SigningKey, mutated};

const ISSUER: &str = "https://idp.example/entity";
const ENTITY_ID: &str = "https://enroll.example/saml/metadata";
const ACS: &str = "https://enroll.example/saml/acs";

/// Steps of a program: enough to take a document apart and put it together again.
const STEPS: usize = 24;

/// A document this long is altered no further, in bytes: a step may double it.
const LONGEST: usize = 128 * 1024;

/// A connection, a sign-in that was begun, and responses that an attacker may hold.
struct World {
    service_provider: ServiceProvider,
    connection: Connection,
    begun: Begun,
    now: Timestamp,
    /// Of Ada, for this sign-in.
    ada: String,
    /// Signed by the same key: of Eve for this sign-in, and of Ada for another service, for another sign-in, and of long ago.
    others: Vec<String>,
    /// Who signs in by an unaltered response that is accepted: Ada and Eve.
    identities: Vec<Identity>,
}

/// Each dialect in each style of signing, with sign-ins that begin at the identity provider and without.
static WORLDS: LazyLock<Vec<World>> = LazyLock::new(|| {
    let keys = [KeyKind::Rsa2048, KeyKind::P256].map(SigningKey::generate);
    let mut worlds = Vec::new();
    for (dialect, key) in [(Dialect::Okta, &keys[0]), (Dialect::Entra, &keys[1])] {
        for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
            for allow_idp_initiated in [false, true] {
                worlds.push(World::new(dialect, signed, key, allow_idp_initiated));
            }
        }
    }
    worlds
});

impl World {
    fn new(dialect: Dialect, signed: Signed, key: &SigningKey, allow_idp_initiated: bool) -> Self {
        let service_provider = ServiceProvider {
            entity_id: EntityId::new(ENTITY_ID).unwrap(),
            acs: Endpoint::new(ACS).unwrap(),
            logout: None,
        };
        let preset = if dialect == Dialect::Okta { Preset::Okta } else { Preset::Entra };
        let connection = Connection {
            identity_provider: IdentityProvider {
                entity_id: EntityId::new(ISSUER).unwrap(),
                sign_in: Endpoint::new("https://idp.example/sso").unwrap(),
                logout: None,
                certificates: Certificates::new([Certificate::from_der(key.certificate()).unwrap()]).unwrap(),
            },
            allow_idp_initiated,
            skew: Skew::default(),
            mapping: AttributeMapping::preset(preset),
        };
        let now: Timestamp = "2026-11-26T12:00:00Z".parse().unwrap();
        let begun = begin(&service_provider, &connection, now, &[7; 32]);
        let request = begun.pending.request_id.clone();
        let made = |change: &dyn Fn(&mut ResponseSpec)| {
            let mut spec = ResponseSpec::new(dialect, ISSUER, ENTITY_ID, ACS, Some(&request), now);
            spec.signed = signed;
            change(&mut spec);
            spec.xml(key)
        };
        let ada = made(&|_| {});
        let eve = made(&|spec| {
            spec.name_id = "eve@example.com".to_owned();
            spec.response_id = "_response-of-eve".to_owned();
            spec.assertion_id = "_assertion-of-eve".to_owned();
            for (_, values) in &mut spec.attributes {
                *values = vec!["eve@example.com".to_owned()];
            }
        });
        let others = vec![
            eve,
            made(&|spec| spec.audiences = vec![vec!["https://other.example".to_owned()]]),
            made(&|spec| spec.confirmed_request = Some("_another".to_owned())),
            made(&|spec| spec.not_on_or_after = "2020-01-01T00:00:00Z".parse().unwrap()),
        ];
        let mut world =
            Self { service_provider, connection, begun, now, ada, others, identities: Vec::new() };
        let known = [&world.ada, &world.others[0]].map(|xml| world.finish(&STANDARD.encode(xml)).unwrap());
        world.identities = known.into();
        assert!(world.others[1..].iter().all(|xml| world.finish(&STANDARD.encode(xml)).is_none()));
        world
    }

    fn finish(&self, field: &str) -> Option<Identity> {
        let pending = Some(&self.begun.pending);
        finish(&self.service_provider, &self.connection, pending, field, self.now).outcome.ok()
    }

    /// Whoever is let in is exactly who a signed response says: NameID, attributes, session and all.
    fn check(&self, field: &str) {
        if let Some(identity) = self.finish(field) {
            let signed = self.identities.contains(&identity);
            assert!(signed, "{}", String::from_utf8_lossy(&STANDARD.decode(field).unwrap_or_default()));
        }
    }

    /// Runs a program of four bytes a step on Ada's response.
    fn run(&self, program: &[u8]) -> String {
        let mut text = self.ada.clone();
        for step in program.chunks_exact(4).take(STEPS) {
            if text.len() > LONGEST {
                break;
            }
            text = match step[0] {
                0x80..=0xbf => self.spliced(&text, step),
                0xc0..=0xff => swapped(&text, step),
                _ => mutated(&text, step),
            };
        }
        text
    }

    /// Puts an element of another signed response before, into, behind or in the place of one of these.
    fn spliced(&self, text: &str, step: &[u8]) -> String {
        let other = &self.others[usize::from(step[0] & 3) % self.others.len()];
        let (Ok(from), Ok(to)) = (Document::parse(other), Document::parse(text)) else {
            return text.to_owned();
        };
        let piece = &other[element(&from, step[1])];
        let place = element(&to, step[2]);
        let inside = to
            .descendants()
            .find(|node| node.range() == place)
            .and_then(|node| node.first_child())
            .map_or(place.end, |child| child.range().start);
        let (before, behind) = match step[3] & 3 {
            0 => (place.start, place.start),
            1 => (inside, inside),
            2 => (place.end, place.end),
            _ => (place.start, place.end),
        };
        format!("{}{piece}{}", &text[..before], &text[behind..])
    }
}

/// One of the elements.
fn element(document: &Document<'_>, which: u8) -> std::ops::Range<usize> {
    let elements: Vec<_> =
        document.descendants().filter(|node| node.is_element()).map(|node| node.range()).collect();
    elements[usize::from(which) % elements.len()].clone()
}

/// Gives one attribute the value of another: ids and references among them.
fn swapped(text: &str, step: &[u8]) -> String {
    let Ok(document) = Document::parse(text) else { return text.to_owned() };
    let values: Vec<_> = document
        .descendants()
        .flat_map(|node| node.attributes())
        .map(|attribute| attribute.range_value())
        .collect();
    if values.is_empty() {
        return text.to_owned();
    }
    let value = |which: u8| values[usize::from(which) % values.len()].clone();
    let (from, to) = (value(step[1]), value(step[2]));
    // A reference has its id behind a `#`.
    let sign = if step[3] & 1 == 0 { "" } else { "#" };
    format!("{}{sign}{}{}", &text[..to.start], text[from].trim_start_matches('#'), &text[to.end..])
}

/// A response that was signed and then altered by a program: the first byte says which, each four that follow are a step. Behind `<`
/// it is a document, behind `=` the form field itself.
pub fn saml(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else { return };
    match first {
        b'<' => WORLDS[0].check(&STANDARD.encode(data)),
        b'=' => WORLDS[0].check(&String::from_utf8_lossy(rest)),
        which => {
            let world = &WORLDS[usize::from(*which) % WORLDS.len()];
            world.check(&STANDARD.encode(world.run(rest)));
        }
    }
}

/// What is read describes an identity provider that can be used, and does not differ from itself. What its names and addresses would
/// be in a document of ours reads as it was.
pub fn saml_metadata(data: &[u8]) {
    let Ok(read) = enroll_saml::metadata::read(data) else { return };
    let provider = read.identity_provider;
    assert!(provider.certificates.iter().next().is_some());
    assert!(enroll_saml::metadata::differences(&provider, &provider).is_empty());
    for certificate in provider.certificates.iter() {
        assert!(Certificate::from_text(&certificate.to_base64()).as_ref() == Ok(certificate));
    }
    let written = enroll_saml::metadata::service_provider(&ServiceProvider {
        entity_id: provider.entity_id.clone(),
        acs: provider.sign_in.clone(),
        logout: provider.logout.clone(),
    });
    let document = Document::parse(&written).unwrap();
    let at = |name: &str| {
        let found = document.descendants().find(|node| node.tag_name().name() == name);
        found.and_then(|node| node.attribute("Location"))
    };
    assert_eq!(document.root_element().attribute("entityID"), Some(provider.entity_id.as_str()));
    assert_eq!(at("AssertionConsumerService"), Some(provider.sign_in.as_str()));
    assert_eq!(at("SingleLogoutService"), provider.logout.as_ref().map(Endpoint::as_str));
}
