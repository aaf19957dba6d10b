//! `/api/v1` and health: design.md §8, enrollment.md 5.2, 6.1.

use enroll_domain::{Role, Scope};
use serde_json::json;

use crate::site::{Site, patch, reply};

async fn ask(site: &Site, token: &str, path: &str) -> crate::site::Reply {
    reply(site.bare("GET", &format!("/api/v1{path}")).bearer_auth(token)).await
}

/// Users `ann` and `bob`, of whom `ann` is a writer of `acme`.
async fn acme(site: &Site) {
    for name in ["ann", "bob"] {
        site.user(name).await;
    }
    site.service.grant("acme", "ann", Role::Writer).await.unwrap();
}

#[tokio::test]
async fn e6_1_members_are_paged_with_role_and_sources() {
    let site = Site::start().await;
    acme(&site).await;
    site.service.grant("acme", "bob", Role::Member).await.unwrap();
    let token = site.api_token(Scope::Read).await;

    let all = ask(&site, &token, "/organizations/acme/members").await;
    assert_eq!(all.status, 200, "{}", all.text);
    let members = all.body()["members"].clone();
    assert_eq!(members.as_array().unwrap().len(), 2);
    assert_eq!(members[0]["user"]["userName"], "ann");
    assert!(members[0]["user"]["id"].is_string() && members[0]["user"]["handle"].is_string());
    assert_eq!(members[0]["role"], "writer");
    assert_eq!(members[0]["sources"].as_array().unwrap().len(), 1);

    let first = ask(&site, &token, "/organizations/acme/members?limit=1").await.body();
    let after = first["next"].as_str().unwrap();
    let second =
        ask(&site, &token, &format!("/organizations/acme/members/?limit=5000&after={after}")).await.body();
    assert_eq!((&first["members"][0], &second["members"][0]), (&members[0], &members[1]));
    assert_eq!(second.get("next"), None);
}

#[tokio::test]
async fn e6_1_check_and_explain_answer_for_user_and_organization() {
    let site = Site::start().await;
    acme(&site).await;
    let token = site.api_token(Scope::Read).await;
    let may = ask(&site, &token, "/check?user=ann&organization=acme").await.body();
    assert_eq!((&may["allowed"], &may["role"]), (&json!(true), &json!("writer")));
    assert!(may["reason"].is_string());
    let may_not = ask(&site, &token, "/check?user=bob&organization=acme").await.body();
    assert_eq!((&may_not["allowed"], may_not.get("role")), (&json!(false), None));
    let why = ask(&site, &token, "/explain?user=ann&organization=acme").await.body();
    assert_eq!((&why["user"]["userName"], &why["role"]), (&json!("ann"), &json!("writer")));
    assert_eq!(why["sources"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn e5_2_i2_each_request_needs_its_scope() {
    let site = Site::start().await;
    acme(&site).await;
    let query = "?user=ann&organization=acme";
    for (scope, check, explain, members) in
        [(Scope::Check, 200, 403, 403), (Scope::Read, 200, 200, 200), (Scope::Admin, 200, 200, 200)]
    {
        let token = site.api_token(scope).await;
        assert_eq!(ask(&site, &token, &format!("/check{query}")).await.status, check, "{scope}");
        assert_eq!(ask(&site, &token, &format!("/explain{query}")).await.status, explain, "{scope}");
        assert_eq!(ask(&site, &token, "/organizations/acme/members").await.status, members, "{scope}");
    }
}

#[tokio::test]
async fn e6_1_errors_are_problem_details() {
    let site = Site::start().await;
    acme(&site).await;
    let token = site.api_token(Scope::Admin).await;
    for (path, status) in [
        ("/organizations/none/members", 404),
        ("/organizations/acme/members?limit=x", 400),
        ("/organizations/acme/members?after=x", 400),
        ("/check?user=ann", 400),
        ("/check?user=&organization=acme", 400),
        ("/check?user=a&user=b&organization=acme", 400),
        ("/check?user=none&organization=acme", 404),
        ("/explain?user=ann&organization=none", 404),
    ] {
        assert!(!ask(&site, &token, path).await.problem(status).is_empty(), "{path}");
    }
    reply(site.bare("GET", "/api/v1/check")).await.problem(401);
    let answer = reply(site.bare("POST", "/api/v1/check").bearer_auth(&token)).await;
    answer.problem(405);
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
}

#[tokio::test]
async fn e2_3_a_deactivated_user_is_allowed_nothing() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    site.service.grant("acme", "ann", Role::Writer).await.unwrap();
    let off = patch(&json!([{ "op": "replace", "path": "active", "value": false }]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &off).await.status, 200);
    let token = site.api_token(Scope::Check).await;
    assert_eq!(ask(&site, &token, "/check?user=ann&organization=acme").await.body()["allowed"], false);
}

#[tokio::test]
async fn r15_health_is_open_to_anybody() {
    let site = Site::start().await;
    for path in ["/healthz", "/readyz"] {
        let answer = reply(site.bare("GET", path)).await;
        assert_eq!(answer.status, 200);
        assert!(answer.body()["status"].is_string());
    }
}
