//! Who the assertion is about (S7, S9): well signed, and of no use as a key.

use enroll_saml::{JoinBy, Reason};
use enroll_testkit::idp::{Dialect, replacing};
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};

use crate::world::World;

#[test]
fn threat_s9_name_ids_that_are_no_key() {
    let world = World::of(Dialect::Entra);
    for name_id in ["", " ", " ada@example.com", "ada@example.com\n", "ada\r@example.com", &"a".repeat(1025)]
    {
        let mut spec = world.spec(Dialect::Entra);
        spec.name_id = name_id.to_owned();
        assert_eq!(world.refusal(&spec), Reason::NameId, "{name_id:?}");
    }
    let named =
        "<NameID Format=\"urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress\">ada@example.com</NameID>";
    for to in [
        String::new(),
        named.repeat(2),
        named.replace("ada@", "<x></x>ada@"),
        named.replace("NameID", "BaseID"),
    ] {
        let mut spec = world.spec(Dialect::Entra);
        spec.edit_assertion = replacing(named, to.clone());
        assert_eq!(world.refusal(&spec), Reason::NameId, "{to}");
    }
    let mut spec = world.spec(Dialect::Entra);
    spec.name_id_format = "2.0:nameid-format:transient".into();
    assert_eq!(world.refusal(&spec), Reason::TransientNameId);
}

#[test]
fn threat_s9_the_mapped_attribute_and_no_fall_back() {
    let mut world = World::of(Dialect::Entra);
    world.connection.mapping.join_by = JoinBy::Attribute("employee".into());
    for values in [None, Some(vec![]), Some(vec![""]), Some(vec!["a", "b"]), Some(vec![" a"])] {
        let mut spec = world.spec(Dialect::Entra);
        if let Some(values) = &values {
            spec.attributes
                .push(("employee".into(), values.iter().map(|value| (*value).to_owned()).collect()));
        }
        assert_eq!(world.refusal(&spec), Reason::JoinAttribute, "{values:?}");
    }
    // Twice the attribute is two values.
    let mut spec = world.spec(Dialect::Entra);
    spec.attributes.push(("employee".into(), vec!["a".into()]));
    spec.attributes.push(("employee".into(), vec!["b".into()]));
    assert_eq!(world.refusal(&spec), Reason::JoinAttribute);
    // Another spelling is another attribute.
    let mut spec = world.spec(Dialect::Entra);
    spec.attributes.push(("Employee".into(), vec!["a".into()]));
    assert_eq!(world.refusal(&spec), Reason::JoinAttribute);
}

#[test]
fn threat_s18_attributes_that_are_no_text() {
    let world = World::of(Dialect::Entra);
    for (from, to) in [
        ("<AttributeValue>Engineering", "<AttributeValue><x></x>Engineering"),
        ("<Attribute Name=", "<Attribute FriendlyName="),
        ("</AttributeStatement>", "<x></x></AttributeStatement>"),
    ] {
        let mut spec = world.spec(Dialect::Entra);
        spec.edit_assertion = replacing(from, to);
        assert_eq!(world.refusal(&spec), Reason::AttributeForm, "{to}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever the identity provider signs as a name is read as it was signed, to the last character (A5).
    #[test]
    fn threat_a5_names_are_read_whole(name in "[!-~¡-퟿]([ -~¡-퟿]{0,40}[!-~¡-퟿])?", okta in proptest::bool::ANY) {
        let dialect = if okta { Dialect::Okta } else { Dialect::Entra };
        let world = World::of(dialect);
        let mut spec = world.spec(dialect);
        spec.name_id = name.clone();
        spec.attributes[4].1 = vec![name.clone()];
        if name.trim() == name && !name.chars().any(char::is_control) {
            let identity = world.identity(&spec);
            prop_assert_eq!(&identity.join, &name);
            prop_assert_eq!(identity.groups, enroll_saml::AssertedGroups::Listed(vec![name]));
        } else {
            prop_assert_eq!(world.refusal(&spec), Reason::NameId);
        }
    }
}
