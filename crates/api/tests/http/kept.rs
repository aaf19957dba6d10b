//! Answers kept in memory are never old: a request sees what was acknowledged before it, whoever committed it (reliability.md R10).

use serde_json::json;

use crate::site::{Site, reply, user};

async fn title(site: &Site, id: &str) -> Option<String> {
    let answer = site.get(&format!("/scim/v2/Users/{id}")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body()["title"].as_str().map(str::to_owned)
}

async fn set_title(site: &Site, id: &str, title: &str) {
    let change = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "title", "value": title}],
    });
    let answer = site.send("PATCH", &format!("/scim/v2/Users/{id}"), &change).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}

#[tokio::test]
async fn reliability_r10_a_user_read_again_shows_what_either_of_two_servers_has_written() {
    let one = Site::start().await;
    let other = one.beside().await;
    let id = one.user("ada").await;
    for number in 0..30 {
        let (writer, reader) = if number % 2 == 0 { (&one, &other) } else { (&other, &one) };
        let text = format!("Countess {number}");
        set_title(writer, &id, &text).await;
        for site in [reader, writer, reader] {
            assert_eq!(title(site, &id).await.as_deref(), Some(text.as_str()));
        }
    }
}

#[tokio::test]
async fn reliability_r10_a_user_read_again_shows_the_new_name_of_a_group() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let group = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Engines",
        "members": [{"value": id}],
    });
    let path = format!("/scim/v2/Users/{id}");
    assert_eq!(site.get(&path).await.body().get("groups"), None);
    let made = site.send("POST", "/scim/v2/Groups", &group).await.body();
    let version = site.get(&path).await;
    assert_eq!(version.body()["groups"][0]["display"], "Engines");
    let renamed = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Difference engines",
        "members": [{"value": id}],
    });
    let path_of_group = format!("/scim/v2/Groups/{}", made["id"].as_str().unwrap());
    site.send("PUT", &path_of_group, &renamed).await;
    assert_eq!(site.get(&path).await.body()["groups"][0]["display"], "Difference engines");
}

#[tokio::test]
async fn threat_s14_a_token_deleted_by_another_process_is_dead_with_the_next_request() {
    let one = Site::start().await;
    let other = one.beside().await;
    let id = one.user("ada").await;
    for _ in 0..5 {
        let token = one.service.create_scim_token("default", "short", None).await.unwrap();
        let read = || reply(one.bare("GET", &format!("/scim/v2/Users/{id}")).bearer_auth(token.reveal()));
        assert_eq!(read().await.status, 200);
        assert_eq!(read().await.status, 200);
        other.service.delete_scim_token(&token.info.id.to_string()).await.unwrap();
        read().await.scim_error(401, None);
    }
}

#[tokio::test]
async fn threat_s5_a_user_kept_for_one_directory_is_not_there_for_another() {
    let site = Site::start().await;
    site.service.create_directory("partners", &enroll_service::DirectorySettings::default()).await.unwrap();
    let foreign = site.service.create_scim_token("partners", "entra", None).await.unwrap();
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    assert_eq!(site.get(&path).await.status, 200);
    reply(site.bare("GET", &path).bearer_auth(foreign.reveal())).await.scim_error(404, None);
    assert_eq!(site.get(&path).await.status, 200);
}

#[tokio::test]
async fn a_deleted_user_is_gone_with_the_next_read_and_a_new_one_of_the_same_name_is_another() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    assert_eq!(site.get(&path).await.status, 200);
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    site.get(&path).await.scim_error(404, None);
    let again = site.send("POST", "/scim/v2/Users", &user("ada")).await.body();
    assert_ne!(again["id"], id.as_str());
}

#[tokio::test]
async fn r10_a_check_sees_what_another_process_has_changed() {
    let one = Site::start().await;
    let other = one.beside().await;
    let admin = crate::admin::Caller::admin(&one).await;
    one.user("ada").await;
    let resource = serde_json::json!({"name": "site"});
    admin.send("POST", "/organizations/acme/resources", &resource).await;
    for role in ["writer", "admin", "member", "writer"] {
        other.service.grant("acme", "ada", role.parse().unwrap()).await.unwrap();
        for _ in 0..2 {
            let check = admin.get("/check?user=ada&organization=acme").await.body();
            assert_eq!(check["role"], role);
            let least = admin.get("/check?user=ada&organization=acme&role=admin").await.body();
            assert_eq!(least["allowed"], role == "admin", "a kept answer is that to the same question");
            let on = admin.get("/check?user=ada&organization=acme&resource=site").await.body();
            assert_eq!(on["role"], if role == "admin" { "admin" } else { "write" });
        }
    }
    other.service.revoke("acme", "ada").await.unwrap();
    assert_eq!(admin.get("/check?user=ada&organization=acme").await.body()["allowed"], false);
    admin.get("/check?user=nobody&organization=acme").await.problem(404);
}
