//! `/api/v1/organizations/{organization}/grants`: enrollment.md §1.8.

use serde_json::json;

use crate::admin::Caller;
use crate::site::Site;

#[tokio::test]
async fn e1_8_a_direct_grant_is_given_read_listed_changed_and_taken() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann@example.com").await;
    for name in ["bob", "cy"] {
        site.user(name).await;
        admin.send("PUT", &format!("/organizations/acme/grants/{name}"), &json!({"role": "member"})).await;
    }
    let path = "/organizations/acme/grants/ann@example.com";
    admin.get(path).await.problem(404);
    let given = admin.send("PUT", path, &json!({"role": "writer"})).await;
    assert_eq!(given.status, 201, "{}", given.text);
    let given = given.body();
    assert_eq!((&given["user"]["id"], &given["role"]), (&json!(id), &json!("writer")));
    assert_eq!((&given["organization"], &given["grantedBy"]), (&json!("acme"), &json!("API token admin")));
    assert_eq!(admin.get(path).await.body(), given);
    let again = admin.send("PUT", path, &json!({"role": "writer"})).await;
    assert_eq!((again.status.as_u16(), again.body()), (200, given));
    assert_eq!(admin.get("/check?user=ann@example.com&organization=acme").await.body()["role"], "writer");

    let changed =
        admin.send("PUT", &format!("/organizations/acme/grants/{id}"), &json!({"role": "owner"})).await;
    assert_eq!((changed.status.as_u16(), &changed.body()["role"]), (200, &json!("owner")));
    let roles = admin.listed("/organizations/acme/grants", "grants", "role").await;
    assert_eq!(roles, ["member", "member", "owner"]);

    admin.delete(path).await.problem(409);
    admin.send("PUT", "/organizations/acme/grants/bob", &json!({"role": "owner"})).await;
    assert_eq!(admin.delete(path).await.status, 204);
    admin.delete(path).await.problem(404);
    assert_eq!(admin.get("/check?user=ann@example.com&organization=acme").await.body()["allowed"], false);
}

#[tokio::test]
async fn e1_8_a_grant_needs_a_user_an_organization_and_a_role() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    let role = json!({"role": "member"});
    admin.send("PUT", "/organizations/none/grants/ann", &role).await.problem(404);
    admin.send("PUT", "/organizations/acme/grants/nobody", &role).await.problem(404);
    admin.get("/organizations/none/grants").await.problem(404);
    for body in [json!({}), json!({"role": "boss"}), json!({"role": "member", "kind": "jit"})] {
        admin.send("PUT", "/organizations/acme/grants/ann", &body).await.problem(400);
    }
    let empty = admin.get("/organizations/acme/grants").await.body();
    assert_eq!(empty, json!({"grants": []}));
}

#[tokio::test]
async fn threat_s5_a_grant_on_one_organization_is_none_on_another() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    admin.send("POST", "/organizations", &json!({"name": "beta"})).await;
    admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "member"})).await;
    admin.get("/organizations/beta/grants/ann").await.problem(404);
    admin.delete("/organizations/beta/grants/ann").await.problem(404);
    assert_eq!(admin.get("/organizations/beta/grants").await.body(), json!({"grants": []}));
}

#[tokio::test]
async fn a_user_name_that_stands_for_several_users_is_409() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    let token = admin.send("POST", "/directories/other/tokens", &json!({"label": "x"})).await.body();
    let request = site.bare("POST", "/scim/v2/Users").bearer_auth(token["token"].as_str().unwrap());
    let twin = crate::site::reply(request.json(&crate::site::user("ann"))).await;
    assert_eq!(twin.status, 201, "{}", twin.text);
    let detail =
        admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "member"})).await.problem(409);
    assert!(detail.contains(&id), "{detail}");
}
