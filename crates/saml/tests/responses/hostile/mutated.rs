//! Good responses, altered at random: elements copied, moved and hidden, bytes changed. Whatever is still accepted says exactly
//! what was signed.

use std::sync::OnceLock;

use enroll_testkit::idp::{Dialect, Signed, mutated};
use proptest::collection::vec;
use proptest::prelude::{ProptestConfig, any, prop_assert, proptest};

use crate::world::{World, key};

/// Each dialect in each signing style, with its world.
fn good() -> &'static [(World, String)] {
    static GOOD: OnceLock<Vec<(World, String)>> = OnceLock::new();
    GOOD.get_or_init(|| {
        let mut good = Vec::new();
        for dialect in [Dialect::Okta, Dialect::Entra] {
            for signed in [Signed::Response, Signed::Assertion, Signed::Both] {
                let world = World::of(dialect);
                let mut spec = world.spec(dialect);
                spec.signed = signed;
                let xml = spec.xml(key());
                good.push((world, xml));
            }
        }
        good
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    #[test]
    fn threat_a2_nothing_but_what_was_signed_is_accepted(which in 0_usize..6, program in vec(any::<u8>(), 4..25)) {
        let (world, xml) = &good()[which];
        let altered = mutated(xml, &program);
        if let Ok(identity) = world.finish_xml(&altered).outcome {
            let signed = world.finish_xml(xml).outcome.unwrap();
            prop_assert!(identity == signed, "{}", altered);
        }
    }
}

#[test]
fn the_alterations_do_alter_and_do_not_always() {
    let (world, xml) = &good()[1];
    let accepted = |program: [u8; 4]| world.finish_xml(mutated(xml, &program)).outcome.is_ok();
    assert!(accepted([6, 255, 255, b' ']), "white space behind the document");
    assert!(!accepted([7, 0, 0, 0]), "another name");
}
