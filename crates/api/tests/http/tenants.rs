//! Tokens and the directories that they stand for: conformance.md I, Z.

use enroll_api::HttpConfig;
use enroll_service::{Clock, DirectorySettings};
use serde_json::json;

use crate::site::{Site, group, patch, reply, user};

#[tokio::test]
async fn i3_tokens_overlap_while_they_are_changed_and_end_at_their_time() {
    let clock = Clock::manual("2026-01-01T00:00:00Z".parse().unwrap());
    let site = Site::at(clock.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() }).await;
    let expires = "2026-01-01T01:00:00Z".parse().unwrap();
    let ending = site.service.create_scim_token("default", "old", Some(expires)).await.unwrap();
    let next = site.service.create_scim_token("default", "new", None).await.unwrap();
    let status =
        async |token: &str| reply(site.bare("GET", "/scim/v2/Users").bearer_auth(token)).await.status;
    assert_eq!(status(ending.reveal()).await, 200);
    assert_eq!(status(next.reveal()).await, 200, "both at once");
    clock.advance(3_600_000);
    assert_eq!(status(ending.reveal()).await, 401, "its time is over");
    assert_eq!(status(next.reveal()).await, 200);
    assert_ne!(ending.reveal(), next.reveal());
    assert!(next.reveal().len() > 64, "256 random bits and an id");
}

#[tokio::test]
async fn i4_basic_authentication_is_not_accepted() {
    let site = Site::start().await;
    for (name, password) in
        [("user", "password"), ("", site.scim_token.as_str()), (site.scim_token.as_str(), "")]
    {
        let answer = reply(site.bare("GET", "/scim/v2/Users").basic_auth(name, Some(password))).await;
        answer.scim_error(401, None);
        assert_eq!(answer.header("www-authenticate").map(|value| &value[..6]), Some("Bearer"));
    }
}

#[tokio::test]
async fn i6_z3_a_token_sees_and_changes_its_own_directory_alone() {
    let site = Site::start().await;
    site.service.create_directory("other", &DirectorySettings::default()).await.unwrap();
    let other = site.service.create_scim_token("other", "other", None).await.unwrap();
    let stranger = |method: &str, path: &str| site.bare(method, path).bearer_auth(other.reveal());
    let mut mine = user("ada");
    mine["externalId"] = json!("ext-1");
    let mine = site.send("POST", "/scim/v2/Users", &mine).await.body();
    let ada = mine["id"].as_str().unwrap();
    let ops = site.group("Ops").await;
    let (user_path, group_path) = (format!("/scim/v2/Users/{ada}"), format!("/scim/v2/Groups/{ops}"));

    let rename = patch(&json!([{ "op": "replace", "path": "displayName", "value": "Taken" }]));
    for (path, whole) in [(&user_path, user("ada")), (&group_path, group("Ops"))] {
        reply(stranger("GET", path)).await.scim_error(404, None);
        reply(stranger("PUT", path).json(&whole)).await.scim_error(404, None);
        reply(stranger("PATCH", path).json(&rename)).await.scim_error(404, None);
        reply(stranger("DELETE", path)).await.scim_error(404, None);
    }
    for query in
        ["", "?filter=id+eq+%22ID%22", "?filter=externalId+eq+%22ext-1%22", "?filter=userName+sw+%22a%22"]
    {
        let query = query.replace("ID", ada);
        for list in ["/scim/v2/Users", "/scim/v2"] {
            let found = reply(stranger("GET", &format!("{list}{query}"))).await;
            assert_eq!(found.status, 200, "{}", found.text);
            assert_eq!(found.body()["totalResults"], 0, "{list}{query}");
        }
    }
    let mut theirs = group("Theirs");
    theirs["members"] = json!([{ "value": ada }]);
    reply(stranger("POST", "/scim/v2/Groups").json(&theirs)).await.scim_error(400, Some("invalidValue"));

    // The same names and the same externalId are free there, and make another user.
    let mut same = user("ada");
    same["externalId"] = json!("ext-1");
    let same = reply(stranger("POST", "/scim/v2/Users").json(&same)).await;
    assert_eq!(same.status, 201, "{}", same.text);
    assert_ne!(same.body()["id"], mine["id"]);
    assert_eq!(site.get(&user_path).await.body(), mine, "nothing of it has changed");
    assert_eq!(site.get("/scim/v2/Users").await.body()["totalResults"], 1);
}
