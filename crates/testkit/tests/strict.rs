//! The accept-list (idp-wire.md §9) in the other setting: what a directory in the dialect `strict` answers to the requests
//! that `accept_list` has recorded. `replayed.rs` has the same requests in `compat`, where each of them is accepted.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use std::collections::BTreeSet;

use enroll_service::DirectorySettings;
use enroll_testkit::TestServer;
use enroll_testkit::recorded::{self, Replayed, replay};

/// Sends a recording to a new server whose directory is strict.
async fn strictly(name: &str) -> Vec<Replayed> {
    let server = TestServer::start().await;
    let settings = DirectorySettings { strict: Some(true), ..DirectorySettings::default() };
    server.service.set_directory("default", &settings).await.unwrap();
    let recording = recorded::load(name).unwrap();
    let replayed = replay(&server.scim_url(), &server.scim_token, &recording).await.unwrap();
    server.stop().await;
    replayed
}

/// What is not as `compat` has it: the exchange, the status, and the `scimType` of a refusal.
const DIFFERENT: &[(&str, u16, &str)] = &[
    ("operation in capitals", 400, "invalidSyntax"),
    ("a boolean as a string", 400, "invalidValue"),
    ("a boolean as a string without a path", 400, "invalidValue"),
    ("booleans as strings in a POST", 400, "invalidValue"),
    ("a boolean as a string in a PUT", 400, "invalidValue"),
    ("a boolean as a string in a filter", 400, "invalidFilter"),
    ("replace on an element that is not there", 400, "noTarget"),
    ("add on an element that is not there", 400, "noTarget"),
    // The keys are unknown attributes to the letter, and ignored.
    ("dotted and URN keys: read", 200, ""),
    ("remove a member by value", 400, "invalidValue"),
    ("remove a member by value: members", 200, ""),
    ("remove a member by filter without a space", 400, "invalidFilter"),
    ("member as a bare string", 400, "invalidValue"),
    ("members as bare strings in an array", 400, "invalidValue"),
    ("members as one object in a POST", 400, "invalidValue"),
    ("manager as a string", 400, "invalidValue"),
    ("manager cleared with an empty string", 400, "invalidValue"),
    ("manager as an array, path without URN", 400, "noTarget"),
    ("manager behind a dot", 400, "noTarget"),
    // An unknown sub-attribute to the letter.
    ("manager with managerId", 200, ""),
    ("readOnly attributes in a PATCH without a path", 400, "mutability"),
    ("unknown schema URIs", 400, "invalidSyntax"),
    ("no schemas", 400, "invalidSyntax"),
    ("a comparison behind brackets", 400, "invalidFilter"),
    // Stored as it is.
    ("an empty string", 200, ""),
    ("JSON in a string", 400, "invalidValue"),
];

#[tokio::test]
async fn strict_refuses_what_only_a_quirk_allows_and_nothing_else_of_the_accept_list() {
    let replayed = strictly("accept_list").await;
    let different: Vec<(&str, u16, &str)> = replayed
        .iter()
        .filter(|exchange| !exchange.failures.is_empty())
        .map(|exchange| {
            let answer = exchange.answer.as_ref().unwrap();
            (exchange.name.as_str(), answer.status, answer.body["scimType"].as_str().unwrap_or_default())
        })
        .collect();
    assert_eq!(different, DIFFERENT);
}

#[test]
fn every_item_of_the_accept_list_is_recorded() {
    let recording = recorded::load("accept_list").unwrap();
    let sources = recording.exchanges.iter().filter_map(|exchange| exchange.source.as_deref());
    let items: BTreeSet<u8> = sources
        .flat_map(|source| source.split(", "))
        .filter_map(|source| source.strip_prefix("9.")?.parse().ok())
        .collect();
    // Item 20, `Retry-After` in seconds, needs a server with a rate limit: l36 in api/tests/http/limits.rs.
    assert_eq!(items, (1..=19).collect());
}

/// In `strict`, too, no request of any recording is a fault of the server, and every refusal is a SCIM error.
#[tokio::test]
async fn o8_strict_answers_every_recording_in_scim() {
    for name in recorded::names() {
        for exchange in strictly(name).await {
            // What refers to something that strict refused to create is not sent.
            let Some(answer) = exchange.answer else { continue };
            let place = format!("{name}: {}", exchange.name);
            assert!(answer.status < 500, "{place}: {}", answer.status);
            if answer.status >= 400 {
                assert_eq!(answer.body["status"], answer.status.to_string(), "{place}");
                assert!(answer.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{place}");
            }
        }
    }
}
