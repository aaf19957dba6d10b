//! Users and groups over the API, to be read: enrollment.md §1.3, §1.4.

use enroll_api::HttpConfig;
use serde_json::json;

use crate::admin::Caller;
use crate::site::{Site, patch, reply, user};

#[tokio::test]
async fn e1_3_users_are_read_by_handle_user_name_and_id_listed_and_searched() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let mut body = user("Ann@example.com");
    body["displayName"] = json!("Ann A.");
    body["externalId"] = json!("ext-1");
    let id = site.send("POST", "/scim/v2/Users", &body).await.body()["id"].as_str().unwrap().to_owned();
    for name in ["bob", "cy"] {
        site.user(name).await;
    }
    let ann = admin.get(&format!("/users/{id}")).await;
    assert_eq!((ann.status.as_u16(), ann.header("etag")), (200, Some("W/\"1\"")));
    let ann = ann.body();
    assert_eq!((&ann["userName"], &ann["displayName"]), (&body["userName"], &body["displayName"]));
    assert_eq!((&ann["externalId"], &ann["handle"]), (&json!("ext-1"), &json!("ann")));
    assert_eq!((&ann["active"], &ann["directory"]), (&json!(true), &json!("default")));
    assert_eq!(admin.get("/users/ann").await.body(), ann);
    assert_eq!(admin.get("/users/ANN@example.com").await.body(), ann);
    admin.get("/users/nobody").await.problem(404);

    let users = async |filter: &str| {
        let path = format!("/directories/default/users?filter={filter}");
        admin.listed(&path, "users", "handle").await
    };
    assert_eq!(admin.listed("/directories/default/users", "users", "handle").await, ["ann", "bob", "cy"]);
    assert_eq!(users("userName+eq+%22ANN@example.com%22").await, ["ann"]);
    assert_eq!(users("externalId+pr+or+userName+sw+%22c%22").await, ["ann", "cy"]);
    assert_eq!(users("active+eq+false").await, Vec::<String>::new());
}

#[tokio::test]
async fn threat_s32_a_filter_that_is_not_understood_is_never_all_users() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    for (kind, filter) in [
        ("users", "userName+eq"),
        ("users", "nothing+eq+1"),
        ("users", "nickName+eq+%22a%22"),
        ("users", ""),
        ("groups", "userName+eq+%22a%22"),
    ] {
        let answer = admin.get(&format!("/directories/default/{kind}?filter={filter}")).await;
        assert!(!answer.problem(400).is_empty(), "{filter}");
    }
    admin.get("/directories/default/users?filter=a&filter=b").await.problem(400);
}

#[tokio::test]
async fn rfc7644_7_5_2_no_filter_is_read_from_a_url_where_the_server_is_set_so() {
    let site = Site::with(HttpConfig { url_filters: false, ..HttpConfig::default() }).await;
    let admin = Caller::admin(&site).await;
    admin.get("/directories/default/users?filter=active+eq+true").await.problem(400);
    assert_eq!(admin.get("/directories/default/users").await.status, 200);
}

#[tokio::test]
async fn e1_4_groups_are_read_and_listed_with_their_members() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (group, ann, inner) = (site.group("Staff").await, site.user("ann").await, site.group("Inner").await);
    let members = json!([{"value": ann}, {"value": inner, "type": "Group"}]);
    let add = patch(&json!([{"op": "add", "path": "members", "value": members}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &add).await.status, 204);
    let names = admin.listed("/directories/default/groups", "groups", "displayName").await;
    assert_eq!(names, ["Staff", "Inner"]);
    let path = format!("/directories/default/groups/{group}");
    let read = admin.get(&path).await;
    assert_eq!((&read.body()["displayName"], read.header("etag")), (&json!("Staff"), Some("W/\"2\"")));
    let members = admin.get(&format!("{path}/members")).await.body();
    let expected = json!({"members": [
        {"id": ann, "type": "User", "display": "ann"}, {"id": inner, "type": "Group", "display": "Inner"}
    ]});
    assert_eq!(members, expected);
    assert_eq!(admin.listed(&format!("{path}/members"), "members", "id").await, [ann, inner]);
    admin.get("/directories/default/groups/none").await.problem(404);
    admin.get("/directories/default/groups/none/members").await.problem(404);
    admin.get(&format!("{path}/members?after=x")).await.problem(400);
}

#[tokio::test]
async fn threat_s5_users_and_groups_of_one_directory_are_not_in_another() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    let group = site.group("Staff").await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    assert_eq!(admin.get("/directories/other/users").await.body(), json!({"users": []}));
    assert_eq!(admin.get("/directories/other/groups").await.body(), json!({"groups": []}));
    admin.get(&format!("/directories/other/groups/{group}")).await.problem(404);
    admin.get(&format!("/directories/other/groups/{group}/members")).await.problem(404);
    admin.get("/directories/none/users").await.problem(404);
    for method in ["POST", "PUT"] {
        let request = site.bare(method, "/api/v1/users/ann").bearer_auth(&admin.token);
        reply(request).await.problem(405);
    }
}
