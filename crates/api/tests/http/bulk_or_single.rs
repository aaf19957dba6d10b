//! Bulk and single requests come to the same (conformance.md V10).

use serde_json::{Value, json};

use crate::bulk::{bulk, post, post_group, post_user, statuses};
use crate::site::{Site, group, patch, user};

/// What is stored, without ids and times.
async fn stored(site: &Site) -> Value {
    let mut all = Vec::new();
    for kind in ["Users", "Groups"] {
        let list = site.get(&format!("/scim/v2/{kind}")).await.body();
        let mut resources = list["Resources"].as_array().cloned().unwrap_or_default();
        for resource in &mut resources {
            let parts = resource.as_object_mut().unwrap();
            parts.remove("id");
            let version = parts.remove("meta").unwrap()["version"].clone();
            parts.insert("version".to_owned(), version);
            for list in ["members", "groups"] {
                let elements = parts.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten();
                for element in elements {
                    *element = element["display"].clone();
                }
            }
            if let Some(list) = parts.get_mut("members").and_then(Value::as_array_mut) {
                list.sort_by_key(Value::to_string);
            }
        }
        resources.sort_by_key(Value::to_string);
        all.push(resources);
    }
    json!(all)
}

#[tokio::test]
async fn v10_bulk_and_single_requests_leave_the_same_resources() {
    let (single, together) = (Site::start().await, Site::start().await);
    let mut full = user("ann");
    full["name"] = json!({ "givenName": "Ann", "familyName": "Ex" });
    full["emails"] = json!([{ "value": "ann@example.com", "type": "work", "primary": "True" }]);
    let change = patch(&json!([
        { "op": "replace", "path": "emails[type eq \"work\"].value", "value": "a@example.com" },
        { "op": "add", "path": "title", "value": "Boss" },
    ]));
    let add =
        |member: &str| patch(&json!([{ "op": "add", "path": "members", "value": [{ "value": member }] }]));

    let done = bulk(
        &together,
        &json!([
            post("ann", "/Users", &full),
            post_user("bob"),
            post_user("gone"),
            post_group("Ops", &["bulkId:ann"]),
            { "method": "PATCH", "path": "/Users/bulkId:ann", "data": change },
            { "method": "PATCH", "path": "/Groups/bulkId:Ops", "data": add("bulkId:bob") },
            { "method": "PATCH", "path": "/Groups/bulkId:Ops", "data": add("bulkId:gone") },
            { "method": "PUT", "path": "/Users/bulkId:bob", "data": user("robert") },
            { "method": "DELETE", "path": "/Users/bulkId:gone" },
            post("refused", "/Users", &user("Robert")),
        ]),
    )
    .await;

    let mut answers = Vec::new();
    let mut send = async |method: &str, path: &str, body: &Value| {
        let answer = single.send(method, &format!("/scim/v2{path}"), body).await;
        answers.push(answer.status.as_u16());
        answer.header("location").and_then(|url| url.rsplit('/').next()).unwrap_or_default().to_owned()
    };
    let ann = send("POST", "/Users", &full).await;
    let bob = send("POST", "/Users", &user("bob")).await;
    let gone = send("POST", "/Users", &user("gone")).await;
    let mut group = group("Ops");
    group["members"] = json!([{ "value": ann }]);
    let ops = send("POST", "/Groups", &group).await;
    send("PATCH", &format!("/Users/{ann}"), &change).await;
    send("PATCH", &format!("/Groups/{ops}"), &add(&bob)).await;
    send("PATCH", &format!("/Groups/{ops}"), &add(&gone)).await;
    send("PUT", &format!("/Users/{bob}"), &user("robert")).await;
    send("DELETE", &format!("/Users/{gone}"), &json!({})).await;
    send("POST", "/Users", &user("Robert")).await;

    assert_eq!(stored(&together).await, stored(&single).await);
    let expected: Vec<String> =
        answers.iter().map(|status| if *status == 204 { 200 } else { *status }.to_string()).collect();
    let mut statuses = statuses(&done);
    assert_eq!(statuses[8], "204");
    statuses[8] = "200";
    assert_eq!(statuses, expected);
}
