//! Bulk requests: conformance.md V, threat S29.

use enroll_api::HttpConfig;
use serde_json::{Value, json};

use crate::site::{PUBLIC_URL, Reply, Site, group, patch, reply, user};

fn request(operations: &Value) -> Value {
    json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations })
}

/// Sends operations and gives their results.
pub(crate) async fn bulk(site: &Site, operations: &Value) -> Vec<Value> {
    results(&site.send("POST", "/scim/v2/Bulk", &request(operations)).await)
}

/// Asserts that this is a BulkResponse whose results are whole (V7, V8), and gives them.
fn results(answer: &Reply) -> Vec<Value> {
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let body = answer.body();
    assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
    assert_eq!(body.as_object().unwrap().len(), 2, "failOnErrors is not in responses");
    let results = body["Operations"].as_array().unwrap().clone();
    for result in &results {
        let status: u16 = result["status"].as_str().unwrap().parse().unwrap();
        if status >= 300 {
            assert_eq!(result["response"]["status"], result["status"]);
            assert!(!result["response"]["detail"].as_str().unwrap().is_empty());
        } else {
            assert_eq!(result.get("response"), None);
            assert!(result["location"].as_str().unwrap().starts_with(PUBLIC_URL));
            assert_eq!(result.get("version").is_some(), status != 204);
        }
    }
    results
}

pub(crate) fn statuses(results: &[Value]) -> Vec<&str> {
    results.iter().map(|result| result["status"].as_str().unwrap()).collect()
}

pub(crate) fn post(bulk_id: &str, path: &str, data: &Value) -> Value {
    json!({ "method": "POST", "path": path, "bulkId": bulk_id, "data": data })
}

pub(crate) fn post_user(name: &str) -> Value {
    post(name, "/Users", &user(name))
}

pub(crate) fn post_group(name: &str, members: &[&str]) -> Value {
    let mut data = group(name);
    data["members"] = members.iter().map(|member| json!({ "value": member })).collect();
    post(name, "/Groups", &data)
}

fn path(result: &Value) -> String {
    result["location"].as_str().unwrap().strip_prefix(PUBLIC_URL).unwrap().to_owned()
}

fn id(result: &Value) -> String {
    result["location"].as_str().unwrap().rsplit('/').next().unwrap().to_owned()
}

async fn members(site: &Site, result: &Value) -> Vec<String> {
    let body = site.get(&path(result)).await.body();
    let members = body["members"].as_array().unwrap().iter();
    let mut ids: Vec<_> = members.map(|member| member["value"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

async fn total(site: &Site, path: &str) -> Value {
    site.get(path).await.body()["totalResults"].clone()
}

#[tokio::test]
async fn v7_results_name_what_was_done_in_the_order_of_the_request() {
    let site = Site::start().await;
    let (changed, gone) = (site.user("changed").await, site.user("gone").await);
    let change = patch(&json!([{ "op": "replace", "path": "displayName", "value": "New" }]));
    let done = bulk(
        &site,
        &json!([
            post_user("ann"),
            { "method": "PATCH", "path": format!("/Users/{changed}"), "data": change, "bulkId": "mine" },
            { "method": "PUT", "path": format!("/Users/{changed}"), "data": user("renamed") },
            { "method": "DELETE", "path": format!("/Users/{gone}") },
            { "method": "DELETE", "path": format!("/Users/{gone}") },
            post("again", "/Users", &user("ANN")),
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["201", "200", "200", "204", "404", "409"]);
    for (result, method) in done.iter().zip(["POST", "PATCH", "PUT", "DELETE", "DELETE", "POST"]) {
        assert_eq!(result["method"], method);
    }
    assert_eq!((&done[0]["bulkId"], &done[1]["bulkId"]), (&json!("ann"), &json!("mine")));
    assert_eq!(done[5].get("location"), None, "a POST that failed has none");
    assert_eq!(done[4]["location"], format!("{PUBLIC_URL}/scim/v2/Users/{gone}"));
    assert_eq!(done[5]["response"]["scimType"], "uniqueness");
    let ann = site.get(&path(&done[0])).await;
    assert_eq!(json!(ann.header("etag")), done[0]["version"]);
    let renamed = site.get(&format!("/scim/v2/Users/{changed}")).await;
    assert_eq!(
        (renamed.body()["userName"].as_str(), json!(renamed.header("etag"))),
        (Some("renamed"), done[2]["version"].clone())
    );
}

#[tokio::test]
async fn v4_references_are_resolved_forward_and_backward_in_data_and_paths() {
    let site = Site::start().await;
    let mut boss = user("report");
    boss["schemas"] =
        json!([boss["schemas"][0], "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]);
    boss["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"] =
        json!({ "manager": { "value": "bulkId:boss" } });
    let add = patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": "bulkId:report" }] }]));
    let remove = patch(&json!([{ "op": "remove", "path": "members[value eq \"bulkId:boss\"]" }]));
    let done = bulk(
        &site,
        &json!([
            post_group("Ops", &["bulkId:boss"]),
            { "method": "PATCH", "path": "/Groups/bulkId:Ops", "data": add },
            { "method": "PATCH", "path": "/Groups/bulkId:Ops", "data": remove },
            post("report", "/Users", &boss),
            post_user("boss"),
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["201", "200", "200", "201", "201"]);
    assert_eq!(done[1]["location"], done[0]["location"]);
    assert_eq!(members(&site, &done[0]).await, [id(&done[3])]);
    let report = site.get(&path(&done[3])).await.body();
    let manager = &report["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"]["manager"];
    assert_eq!(manager["value"], id(&done[4]));
}

#[tokio::test]
async fn v5_groups_that_are_members_of_each_other_are_created_together() {
    let site = Site::start().await;
    let done = bulk(
        &site,
        &json!([
            post_group("A", &["bulkId:B"]),
            post_user("ann"),
            post_group("B", &["bulkId:A", "bulkId:ann"])
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["201", "201", "201"]);
    assert_eq!(members(&site, &done[0]).await, [id(&done[2])]);
    let mut expected = [id(&done[0]), id(&done[1])];
    expected.sort();
    assert_eq!(members(&site, &done[2]).await, expected);
    let group = site.get(&path(&done[0])).await;
    assert_eq!(json!(group.header("etag")), done[0]["version"]);
}

#[tokio::test]
async fn v5_users_who_are_each_others_managers_are_created_together() {
    let site = Site::start().await;
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let managed = |name: &str, manager: Value| {
        let mut data = user(name);
        data[ENTERPRISE] = json!({ "manager": manager });
        post(name, "/Users", &data)
    };
    let done =
        bulk(&site, &json!([managed("a", json!({ "value": "bulkId:b" })), managed("b", json!("bulkId:a"))]))
            .await;
    assert_eq!(statuses(&done), ["201", "201"]);
    for (own, other) in [(0, 1), (1, 0)] {
        let found = site.get(&path(&done[own])).await.body();
        assert_eq!(found[ENTERPRISE]["manager"]["value"], id(&done[other]));
    }
}

#[tokio::test]
async fn v5_s29_a_circle_that_cannot_be_created_leaves_nothing_behind() {
    let site = Site::start().await;
    site.group("Taken").await;
    let done = bulk(
        &site,
        &json!([
            post_group("A", &["bulkId:B"]),
            post("B", "/Groups", &{
                let mut data = group("Taken");
                data["members"] = json!([{ "value": "bulkId:A" }]);
                data
            }),
            post_group("C", &["bulkId:A"]),
            post_group("Self", &["bulkId:Self"]),
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["409"; 4]);
    assert_eq!(done[1]["response"]["scimType"], "uniqueness");
    for index in [0, 2, 3] {
        assert!(done[index]["response"]["detail"].as_str().unwrap().contains("refers to"), "{}", done[index]);
    }
    assert_eq!(total(&site, "/scim/v2/Groups").await, 1);
}

#[tokio::test]
async fn v6_without_fail_on_errors_everything_that_can_be_done_is_done() {
    let site = Site::start().await;
    let bad = json!({ "method": "DELETE", "path": "/Users/none" });
    let done = bulk(&site, &json!([bad, post_user("a"), bad, { "method": "GET" }, 7, post_user("b")])).await;
    assert_eq!(statuses(&done), ["404", "201", "404", "400", "400", "201"]);
    assert_eq!(total(&site, "/scim/v2/Users").await, 2);
}

#[tokio::test]
async fn v6_fail_on_errors_ends_the_request_and_answers_what_was_done() {
    let site = Site::start().await;
    let bad = json!({ "method": "DELETE", "path": "/Users/none" });
    let mut body = request(&json!([
        post_group("later", &["bulkId:b"]),
        bad,
        post_user("a"),
        { "method": "DELETE", "path": "/Users/../Groups" },
        post_user("b"),
    ]));
    body["failOnErrors"] = json!(2);
    let done = results(&site.send("POST", "/scim/v2/Bulk", &body).await);
    assert_eq!(statuses(&done), ["404", "201", "400"], "operations that were not processed have no result");
    assert_eq!(total(&site, "/scim/v2/Users").await, 1);
    assert_eq!(total(&site, "/scim/v2/Groups").await, 0);
}

#[tokio::test]
async fn v9_more_operations_or_bytes_than_announced_are_413_naming_the_limit() {
    let config = HttpConfig { bulk_body_bytes: 200_000, rate_limit: None, ..HttpConfig::default() };
    let site = Site::with(config).await;
    let announced = reply(site.bare("GET", "/scim/v2/ServiceProviderConfig")).await.body();
    assert_eq!(announced["bulk"]["maxPayloadSize"], 200_000);
    let delete = json!({ "method": "DELETE", "path": "/Users/1" });
    let many = request(&json!(vec![delete; 1001]));
    let detail = site.send("POST", "/scim/v2/Bulk", &many).await.scim_error(413, None);
    assert!(detail.contains("maxOperations) is 1000"), "{detail}");
    // Not JSON at all: the size is checked before anything is read.
    for body in [vec![b'x'; 200_001], vec![b'x'; 3_000_000]] {
        let detail = reply(site.scim("POST", "/scim/v2/Bulk").body(body)).await.scim_error(413, None);
        assert!(detail.contains("200000 bytes") && detail.contains("maxPayloadSize"), "{detail}");
    }
}

#[tokio::test]
async fn v9_a_bulk_request_may_be_larger_than_other_bodies() {
    let site = Site::start().await;
    let mut body = request(&json!([post_user("a")])).to_string();
    body.push_str(&" ".repeat(4 * 1024 * 1024 - body.len()));
    assert_eq!(statuses(&results(&reply(site.scim("POST", "/scim/v2/Bulk").body(body)).await)), ["201"]);
}

#[tokio::test]
async fn v1_v2_a_malformed_envelope_is_400_and_nothing_is_done() {
    let site = Site::start().await;
    let mut body = request(&json!([post_user("a")]));
    body["failOnErrors"] = json!(0);
    for body in [json!({}), request(&json!([])), body] {
        site.send("POST", "/scim/v2/Bulk", &body).await.scim_error(400, Some("invalidSyntax"));
    }
    let twice = r#"{"Operations": [{"method": "DELETE", "METHOD": "POST", "path": "/Users/1"}]}"#;
    reply(site.scim("POST", "/scim/v2/Bulk").body(twice)).await.scim_error(400, Some("invalidSyntax"));
    let deep = format!("{}{}", "{\"Operations\":[".repeat(50), "]}".repeat(50));
    reply(site.scim("POST", "/scim/v2/Bulk").body(deep)).await.scim_error(400, Some("invalidSyntax"));
    assert_eq!(total(&site, "/scim/v2/Users").await, 0);
}

#[tokio::test]
async fn v3_w3_version_is_if_match() {
    let site = Site::start().await;
    let path = format!("/Users/{}", site.user("ann").await);
    let change = patch(&json!([{ "op": "replace", "path": "displayName", "value": "New" }]));
    let with = |method: &str, version: &str| json!({ "method": method, "path": path, "version": version, "data": if method == "PUT" { user("ann") } else { change.clone() } });
    let done = bulk(
        &site,
        &json!([
            with("PATCH", "W/\"999\""),
            with("PUT", "W/\"999\""),
            with("DELETE", "W/\"999\""),
            with("PATCH", "nonsense"),
            with("PATCH", "W/\"1\""),
            with("PATCH", "W/\"1\""),
            with("DELETE", "W/\"2\""),
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["412", "412", "412", "400", "200", "412", "204"]);
    assert_eq!(done[4]["version"], "W/\"2\"");
    assert_eq!(done[0]["location"], format!("{PUBLIC_URL}/scim/v2{path}"));
}

#[tokio::test]
async fn v11_duplicate_and_unknown_bulk_ids_and_failed_operations_fail_what_names_them() {
    let site = Site::start().await;
    site.user("taken").await;
    let done = bulk(
        &site,
        &json!([
            post("a", "/Users", &user("first")),
            post("a", "/Users", &user("second")),
            post_group("unknown", &["bulkId:none"]),
            post("bad", "/Users", &user("taken")),
            post_group("depends", &["bulkId:bad"]),
            { "method": "DELETE", "path": "/Groups/bulkId:depends" },
            post_group("good", &["bulkId:a"]),
        ]),
    )
    .await;
    assert_eq!(statuses(&done), ["201", "400", "409", "409", "409", "409", "201"]);
    assert_eq!(done[1]["response"]["scimType"], "invalidValue");
    assert!(done[4]["response"]["detail"].as_str().unwrap().contains("operation 4"), "{}", done[4]);
    assert_eq!(members(&site, &done[6]).await, [id(&done[0])], "the first keeps the bulkId");
}

#[tokio::test]
async fn s29_paths_to_anything_but_users_and_groups_are_400_and_reach_nothing() {
    let site = Site::start().await;
    let id = site.user("victim").await;
    let paths = [
        "/Bulk".to_owned(),
        "/.search".to_owned(),
        "/Users/.search".to_owned(),
        format!("/Groups/../Users/{id}"),
        format!("/Groups/%2e%2e/Users/{id}"),
        format!("/Users/{id}?x=y"),
        format!("/scim/v2/Users/{id}"),
        format!("https://evil.example/Users/{id}"),
        format!("//evil.example/Users/{id}"),
    ];
    for method in ["POST", "DELETE"] {
        let operations: Value = paths
            .iter()
            .enumerate()
            .map(|(number, path)| json!({ "method": method, "path": path, "bulkId": number.to_string(), "data": {} }))
            .collect();
        for result in bulk(&site, &operations).await {
            assert_eq!(
                (&result["status"], &result["response"]["scimType"]),
                (&json!("400"), &json!("invalidValue"))
            );
            assert_eq!(result.get("location"), None);
        }
    }
    assert_eq!(site.get(&format!("/scim/v2/Users/{id}")).await.status, 200);
}
