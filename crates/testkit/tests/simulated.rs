//! The simulated identity providers against this server, over real HTTP, in a directory of the dialect `compat`.
//!
//! The simulations check each answer as the identity provider would. Here it is checked beside that that the server ends in
//! the state that they expect, also after a second run.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

use enroll_service::DirectorySettings;
use enroll_simulate::{Idp, Plan, Silent, Summary, run};
use enroll_testkit::TestServer;
use serde_json::Value;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

async fn compat() -> TestServer {
    let server = TestServer::start().await;
    let settings = DirectorySettings { strict: Some(false), ..DirectorySettings::default() };
    assert_eq!(server.service.set_directory("default", &settings).await.unwrap().dialect, "compat");
    server
}

async fn play(idp: Idp, server: &TestServer, users: usize, groups: usize) -> Summary {
    let mut plan = Plan::new(idp, server.scim_url(), server.scim_token.as_str());
    (plan.users, plan.groups) = (users, groups);
    run(&plan, &Silent).await.unwrap()
}

/// Everything of a collection.
async fn all(server: &TestServer, collection: &str) -> Vec<Value> {
    let client = reqwest::Client::builder().no_proxy().tls_certs_only([]).build().unwrap();
    let url = format!("{}{collection}?count=1000", server.scim_url());
    let answer = client.get(url).bearer_auth(&server.scim_token).send().await.unwrap();
    let body: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    body["Resources"].as_array().unwrap().clone()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value[name].as_str().unwrap_or_default()
}

/// Every user with its active flag, and every group with its members.
type State = (Vec<(String, bool)>, Vec<(String, Vec<String>)>);

/// The state as a summary says it.
fn expected(summary: &Summary) -> State {
    let users = summary.expected.users.iter().map(|user| (user.user_name.clone(), user.active));
    let groups = summary.expected.groups.iter();
    let groups = groups.map(|group| (group.display_name.clone(), group.members.clone()));
    sorted(users.collect(), groups.collect())
}

/// The same as the server holds it.
async fn held(server: &TestServer) -> State {
    let users = all(server, "/Users").await;
    let name_of = |id: &str| {
        let user = users.iter().find(|user| text(user, "id") == id).unwrap();
        text(user, "userName").to_owned()
    };
    let groups = all(server, "/Groups").await;
    let groups = groups.iter().map(|group| {
        let members = group["members"].as_array().into_iter().flatten();
        let mut members: Vec<String> = members.map(|member| name_of(text(member, "value"))).collect();
        members.sort_unstable();
        (text(group, "displayName").to_owned(), members)
    });
    let groups = groups.collect();
    let users = users.iter().map(|user| (text(user, "userName").to_owned(), user["active"] == true));
    sorted(users.collect(), groups)
}

fn sorted<A: Ord, B: Ord>(mut users: Vec<A>, mut groups: Vec<B>) -> (Vec<A>, Vec<B>) {
    users.sort_unstable();
    groups.sort_unstable();
    (users, groups)
}

/// Two whole runs; the second finds what the first has left. Gives the server as it is then.
async fn check(idp: Idp) -> TestServer {
    let server = compat().await;
    for _ in 0..2 {
        let summary = play(idp, &server, 40, 6).await;
        assert!(summary.is_clean(), "{summary}");
        assert_eq!(expected(&summary), held(&server).await);
        assert_eq!(summary.expected.users.iter().filter(|user| !user.active).count(), 1);
        assert!(server.service.verify().await.unwrap().findings.is_empty());
    }
    for users in 0..4 {
        let small = compat().await;
        let summary = play(idp, &small, users, 1).await;
        assert!(summary.is_clean(), "{summary}");
        assert_eq!(expected(&summary), held(&small).await);
        small.stop().await;
    }
    server
}

#[tokio::test]
async fn okta_is_content_with_this_server() {
    check(Idp::Okta).await.stop().await;
}

#[tokio::test]
async fn entra_is_content_with_this_server() {
    check(Idp::Entra).await.stop().await;
}

#[tokio::test]
async fn wire_l1_wire_l5_onelogin_is_content_with_this_server_and_its_managers_are_there() {
    let server = check(Idp::OneLogin).await;
    let users = all(&server, "/Users").await;
    let managers = users.iter().map(|user| text(&user[ENTERPRISE]["manager"], "value"));
    let managers: Vec<&str> = managers.filter(|id| !id.is_empty()).collect();
    assert_eq!(managers.len(), users.len() - 1, "everybody but the first reports to somebody");
    assert!(managers.iter().all(|id| users.iter().any(|user| text(user, "id") == *id)));
    server.stop().await;
}

#[tokio::test]
async fn wire_j1_wire_j2_jumpcloud_is_content_with_this_server() {
    check(Idp::JumpCloud).await.stop().await;
}

#[tokio::test]
async fn wire_p1_wire_p3_wire_p4_ping_is_content_with_this_server() {
    check(Idp::Ping).await.stop().await;
}

#[tokio::test]
async fn wire_g2_google_is_content_with_this_server_and_leaves_groups_alone() {
    let server = check(Idp::Google).await;
    assert!(all(&server, "/Groups").await.is_empty());
    server.stop().await;
}

#[tokio::test]
async fn wire_k1_wire_k5_keycloak_is_content_with_this_server() {
    check(Idp::Keycloak).await.stop().await;
}

#[tokio::test]
async fn wire_a1_wire_a5_authentik_is_content_with_this_server() {
    check(Idp::Authentik).await.stop().await;
}

#[test]
fn every_identity_provider_that_can_be_played_is_played_here() {
    for idp in Idp::ALL {
        assert!(include_str!("simulated.rs").contains(&format!("check(Idp::{idp:?})")), "{idp} has no test");
    }
}
