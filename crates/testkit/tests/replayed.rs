//! What identity providers were recorded to send, replayed over real HTTP: every expectation holds, and the whole exchange is
//! what it was when somebody last read it.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use enroll_testkit::TestServer;
use enroll_testkit::recorded::{self, failures, replay};

/// Replays one recording against an empty directory and compares whole bodies.
async fn check(name: &str) {
    let server = TestServer::start().await;
    let recording = recorded::load(name).unwrap();
    let replayed = replay(&server.scim_url(), &server.scim_token, &recording).await.unwrap();
    assert_eq!(replayed.len(), recording.exchanges.len());
    let failures = failures(&replayed);
    assert!(failures.is_empty(), "{name}:\n{failures}");
    insta::assert_json_snapshot!(name, replayed);
    assert!(server.service.verify().await.unwrap().findings.is_empty());
    server.stop().await;
}

macro_rules! recordings {
    ($($test:ident: $name:literal,)*) => {
        $(
            #[tokio::test]
            async fn $test() {
                check($name).await;
            }
        )*

        #[test]
        fn every_recording_is_replayed() {
            let replayed = [$($name),*];
            let missing: Vec<_> = recorded::names().filter(|name| !replayed.contains(name)).collect();
            assert!(missing.is_empty(), "{missing:?}");
        }
    };
}

recordings! {
    every_item_of_the_accept_list: "accept_list",
    authentik_creates_groups_and_adds_members_by_value: "authentik",
    e10_connection_test_of_entra: "entra_connection_test",
    wire_e2_entra_disables_with_a_string: "entra_disable",
    e11_entra_groups: "entra_groups",
    e6_entra_manager_in_every_form: "entra_manager",
    e7_entra_members_in_both_forms: "entra_member_forms",
    wire_e1_entra_patch_of_the_default_client: "entra_patch_default",
    e4_entra_patch_with_the_flag: "entra_patch_flag",
    entra_postman_collection: "entra_postman",
    e12_entra_provisions_a_user: "entra_provision_user",
    entra_validator_cases: "entra_validator",
    wire_j1_jumpcloud_test_connection: "jumpcloud_test",
    wire_k2_keycloak: "keycloak",
    okta_assigns_a_user: "okta_assign",
    okta_group_push: "okta_group_push",
    wire_o2_okta_import: "okta_import",
    okta_oin_patch: "okta_oin_patch",
    okta_spec_test: "okta_spec_test",
    okta_test_connector: "okta_test_connector",
    o7_okta_wizard_put: "okta_wizard_put",
    wire_l1_onelogin: "onelogin",
}
