//! Responses as Okta and Entra ID send them.

use enroll_saml::{AssertedGroups, BegunBy, Check, JoinBy, Preset, Verdict};
use enroll_testkit::idp::{Dialect, KeyKind, Signed, SigningKey, replacing};
use jiff::SignedDuration;

use crate::world::{World, foreign_key, key};

#[test]
fn both_dialects_are_read_in_every_signing_style() {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
            let world = World::of(dialect);
            let mut spec = world.spec(dialect);
            spec.signed = signed;
            let identity = world.identity(&spec);
            assert_eq!(identity.join, "ada@example.com", "{dialect:?} {signed:?}");
            assert_eq!(identity.name_id.value, "ada@example.com");
            assert_eq!(identity.email.as_deref(), Some("ada@example.com"));
            assert_eq!(identity.given_name.as_deref(), Some("Ada"));
            assert_eq!(identity.family_name.as_deref(), Some("Lovelace"));
            assert_eq!(identity.display_name.as_deref(), Some("Ada Lovelace"));
            assert_eq!(
                identity.groups,
                AssertedGroups::Listed(vec!["Engineering".into(), "R&D <core>".into()])
            );
            assert_eq!(identity.begun_by, BegunBy::ServiceProvider);
            assert_eq!(identity.session_index.as_deref(), Some(spec.assertion_id.as_str()));
            assert_eq!(identity.once.assertion_id, spec.assertion_id);
        }
    }
}

#[test]
fn threat_a7_every_listed_algorithm_verifies() {
    let more = "http://www.w3.org/2001/04/xmldsig-more#";
    let digests = [
        "http://www.w3.org/2001/04/xmlenc#sha256",
        &format!("{more}sha384"),
        "http://www.w3.org/2001/04/xmlenc#sha512",
    ];
    let (p256, p384) = (SigningKey::generate(KeyKind::P256), SigningKey::generate(KeyKind::P384));
    let methods = [
        (key(), "rsa-sha256"),
        (key(), "rsa-sha384"),
        (key(), "rsa-sha512"),
        (&p256, "ecdsa-sha256"),
        (&p384, "ecdsa-sha384"),
    ];
    for (key, method) in methods {
        for digest in digests {
            let world = World::with_keys(Preset::Entra, &[key]);
            let mut spec = world.spec(Dialect::Entra);
            spec.assertion_signature.method = Some(format!("{more}{method}"));
            spec.assertion_signature.digest = Some(digest.to_owned());
            let finished = world.finish_xml(spec.xml(key));
            assert!(finished.outcome.is_ok(), "{method} {digest}: {:?}", finished.trace);
        }
    }
}

#[test]
fn threat_a17_any_of_several_certificates_verifies() {
    let world = World::with_keys(Preset::Okta, &[foreign_key(), key()]);
    for key in [key(), foreign_key()] {
        assert!(world.finish_xml(world.spec(Dialect::Okta).xml(key)).outcome.is_ok());
    }
}

#[test]
fn threat_s18_absent_groups_are_not_empty_groups() {
    let world = World::of(Dialect::Entra);
    let groups = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups";
    let mut spec = world.spec(Dialect::Entra);
    spec.attributes.retain(|(name, _)| name != groups);
    assert_eq!(world.identity(&spec).groups, AssertedGroups::Absent);
    spec.attributes.push((groups.into(), vec![]));
    assert_eq!(world.identity(&spec).groups, AssertedGroups::Listed(vec![]));
    spec.attributes.pop();
    spec.attributes.push((
        "http://schemas.microsoft.com/claims/groups.link".into(),
        vec!["https://graph.example/".into()],
    ));
    assert_eq!(world.identity(&spec).groups, AssertedGroups::TooMany);
    // Some identity providers send an attribute element for each group.
    spec.attributes.push((groups.into(), vec!["a".into()]));
    spec.attributes.push((groups.into(), vec![String::new()]));
    spec.attributes.push((groups.into(), vec!["b".into()]));
    assert_eq!(world.identity(&spec).groups, AssertedGroups::Listed(vec!["a".into(), "b".into()]));
    let mut world = world;
    world.connection.mapping.groups = None;
    assert_eq!(world.identity(&spec).groups, AssertedGroups::NotMapped);
}

#[test]
fn e4_1_users_are_joined_by_name_id_or_a_named_attribute() {
    let mut world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.attributes.push(("employee".into(), vec!["e-1815".into()]));
    world.connection.mapping.join_by = JoinBy::Attribute("employee".into());
    assert_eq!(world.identity(&spec).join, "e-1815");
    assert!(world.identity(&spec).attribute_names.contains(&"employee".to_owned()));
}

#[test]
fn threat_a12_the_session_ends_with_that_of_the_identity_provider() {
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    let end = world.now + SignedDuration::from_hours(8);
    spec.session_until = Some(end);
    assert_eq!(world.identity(&spec).session_ends, Some(end));
}

#[test]
fn threat_a13_an_assertion_is_remembered_until_it_is_refused_by_its_time() {
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.not_on_or_after = world.now + SignedDuration::from_mins(70);
    let identity = world.identity(&spec);
    assert_eq!(identity.once.remember_until, spec.not_on_or_after + SignedDuration::from_secs(60));
}

#[test]
fn threat_a12_clocks_may_be_a_minute_apart() {
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.not_before = world.now + SignedDuration::from_secs(60);
    spec.not_on_or_after = world.now - SignedDuration::from_secs(59);
    spec.confirmed_until = world.now - SignedDuration::from_secs(59);
    world.identity(&spec);
}

#[test]
fn threat_a14_idp_initiated_sign_in_is_a_switch() {
    let mut world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.in_response_to = None;
    spec.confirmed_request = None;
    world.connection.allow_idp_initiated = true;
    assert_eq!(world.identity(&spec).begun_by, BegunBy::IdentityProvider);
}

#[test]
fn threat_a11_one_audience_of_a_restriction_is_enough() {
    let world = World::of(Dialect::Okta);
    let mut spec = world.spec(Dialect::Okta);
    spec.audiences = vec![vec!["https://other.example".into(), crate::world::ENTITY_ID.into()]];
    world.identity(&spec);
}

#[test]
fn lesson_l20_the_trace_names_every_check_and_no_person() {
    let world = World::of(Dialect::Okta);
    let finished = world.finish_xml(world.spec(Dialect::Okta).xml(key()));
    let checks: Vec<Check> = finished.trace.steps().iter().map(|step| step.check).collect();
    assert_eq!(
        checks,
        [
            Check::Form,
            Check::Xml,
            Check::Root,
            Check::Status,
            Check::Assertion,
            Check::Signature,
            Check::Response,
            Check::Request,
            Check::Issuer,
            Check::Confirmation,
            Check::Conditions,
            Check::Session,
            Check::Subject,
        ]
    );
    assert!(finished.trace.steps().iter().all(|step| step.verdict == Verdict::Passed));
    let shown = format!("{:?} {:?}", finished.trace, finished.outcome.unwrap());
    for value in ["ada@", "Ada", "Lovelace", "Engineering"] {
        assert!(!shown.contains(value), "{value} in {shown}");
    }
    assert!(shown.contains("email"), "{shown}");
}

/// What the signer may write in another way without changing what is signed.
#[test]
fn pretty_printed_responses_are_read() {
    let world = World::of(Dialect::Entra);
    let mut spec = world.spec(Dialect::Entra);
    spec.signed = Signed::Both;
    spec.edit_assertion = replacing("<Conditions ", "\n    <Conditions ");
    world.identity(&spec);
    let declared = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", spec.xml(key()));
    assert!(world.finish_xml(declared).outcome.is_ok());
    let lines: String = spec
        .form_field(key())
        .as_bytes()
        .chunks(76)
        .map(|line| format!("{}\r\n", str::from_utf8(line).unwrap()))
        .collect();
    assert!(world.finish_field(&lines).outcome.is_ok());
}
