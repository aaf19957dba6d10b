//! What attributes of a directory's own schemas may be: every characteristic of RFC 7643 §7.

use enroll_scim::UnknownExtensions;
use enroll_service::DirectorySettings;
use serde_json::{Value, json};

use crate::site::{Site, patch, reply, user};

const TOOL: &str = "urn:example:params:scim:schemas:2.0:Tool";
const CARE: &str = "urn:example:params:scim:schemas:extension:care:2.0:Tool";

fn definitions() -> Value {
    json!({
        "schemas": [
            {"id": TOOL, "name": "Tool", "attributes": [
                {"name": "label", "required": true},
                {"name": "notes", "returned": "request"},
                {"name": "box", "type": "complex", "subAttributes": [
                    {"name": "shelf"},
                    {"name": "slot", "returned": "request"},
                ]},
                {"name": "weight", "type": "decimal", "uniqueness": "server"},
                {"name": "bought", "type": "dateTime", "uniqueness": "server"},
                {"name": "members", "multiValued": true},
                {"name": "groups"},
            ]},
            {"id": CARE, "name": "Care", "attributes": [
                {"name": "remark", "returned": "request"},
                {"name": "members"},
            ]},
        ],
        "resourceTypes": [{
            "name": "Tool", "endpoint": "/Tools", "schema": TOOL,
            "schemaExtensions": [{"schema": CARE, "required": false}],
        }],
    })
}

async fn site() -> Site {
    let site = Site::start().await;
    site.service.register_schemas("default", &definitions().to_string()).await.unwrap();
    site
}

fn tool(label: &str, more: Value) -> Value {
    let mut body = json!({"schemas": [TOOL, CARE], "label": label});
    if let (Value::Object(body), Value::Object(more)) = (&mut body, more) {
        body.extend(more);
    }
    body
}

async fn labels(site: &Site, query: &str) -> Vec<String> {
    let page = site.get(&format!("/scim/v2/Tools?{}", query.replace(' ', "%20").replace('"', "%22"))).await;
    assert_eq!(page.status, 200, "{query}: {}", page.text);
    let body = page.body();
    let found = body["Resources"].as_array().unwrap();
    found.iter().map(|tool| tool["label"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a28_what_is_returned_on_request_is_in_the_answer_to_the_write_that_sets_it() {
    let site = site().await;
    let hidden = json!({"notes": "n", "box": {"shelf": "s", "slot": "1"}, CARE: {"remark": "r"}});
    let made = site.send("POST", "/scim/v2/Tools", &tool("saw", hidden)).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!((&made["notes"], &made["box"]["slot"]), (&json!("n"), &json!("1")), "{made}");
    assert_eq!((&made[CARE]["remark"], &made["schemas"]), (&json!("r"), &json!([TOOL, CARE])), "{made}");

    let path = format!("/scim/v2/Tools/{}", made["id"].as_str().unwrap());
    let read = site.get(&path).await.body();
    assert_eq!((read.get("notes"), read.get(CARE), &read["box"]), (None, None, &json!({"shelf": "s"})));
    let change = json!({"op": "replace", "path": format!("{CARE}:remark"), "value": "other"});
    let patched = site.send("PATCH", &path, &patch(&json!([change]))).await.body();
    assert_eq!((&patched[CARE]["remark"], patched.get("notes")), (&json!("other"), None), "{patched}");
    let replaced =
        site.send("PUT", &path, &tool("saw", json!({"NOTES": "m", "box": {"shelf": "t"}}))).await.body();
    assert_eq!((&replaced["notes"], &replaced["box"]), (&json!("m"), &json!({"shelf": "t"})), "{replaced}");
}

#[tokio::test]
async fn m1_a28_filters_and_orders_look_at_what_is_returned_on_request() {
    let site = site().await;
    for (label, notes) in [("saw", "zebra"), ("axe", "Ape"), ("bit", "lion")] {
        let body = tool(label, json!({"notes": notes, CARE: {"remark": notes}, "box": {"slot": notes}}));
        assert_eq!(site.send("POST", "/scim/v2/Tools", &body).await.status, 201);
    }
    for path in ["notes", "box.slot", &format!("{CARE}:remark")] {
        assert_eq!(labels(&site, &format!("filter={path} eq \"ape\"")).await, ["axe"], "{path}");
        assert_eq!(
            labels(&site, &format!("filter={path} pr and label ne \"bit\"&sortBy={path}")).await,
            ["axe", "saw"]
        );
        assert_eq!(labels(&site, &format!("sortBy={path}")).await, ["axe", "bit", "saw"], "{path}");
    }
}

#[tokio::test]
async fn a29_a_value_is_the_same_however_it_is_written() {
    let site = site().await;
    for (name, first, same, other) in [
        ("weight", "1", "1.0", "1.5"),
        ("weight", "0", "-0.0", "-1"),
        ("weight", "10000000000000000000", "1e19", "10000000000000000001"),
        (
            "bought",
            "\"2026-01-01T00:00:00Z\"",
            "\"2026-01-01T01:00:00.000+01:00\"",
            "\"2026-01-01T01:00:00Z\"",
        ),
    ] {
        let send = async |value: &str| {
            let body = format!(r#"{{"schemas": ["{TOOL}"], "label": "saw", "{name}": {value}}}"#);
            reply(
                site.scim("POST", "/scim/v2/Tools")
                    .header("content-type", "application/scim+json")
                    .body(body),
            )
            .await
        };
        assert_eq!(send(first).await.status, 201, "{first}");
        send(same).await.scim_error(409, Some("uniqueness"));
        assert_eq!(send(other).await.status, 201, "{other}");
    }
}

#[tokio::test]
async fn n1_attributes_that_are_called_members_or_groups_are_sorted_by_like_others() {
    let site = site().await;
    for (label, value) in [("saw", "c"), ("axe", "a"), ("bit", "b")] {
        let body = tool(label, json!({"members": [value], "groups": value, CARE: {"members": value}}));
        assert_eq!(site.send("POST", "/scim/v2/Tools", &body).await.status, 201);
    }
    for by in ["members", "groups", &format!("{CARE}:members")] {
        assert_eq!(labels(&site, &format!("sortBy={by}")).await, ["axe", "bit", "saw"], "{by}");
    }
    site.get("/scim/v2/Groups?sortBy=members").await.scim_error(400, Some("invalidValue"));
    site.get("/scim/v2/Users?sortBy=groups").await.scim_error(400, Some("invalidValue"));
}

#[tokio::test]
async fn a21_what_was_kept_of_an_extension_is_read_by_its_schema_once_that_is_registered() {
    const BADGE: &str = "urn:example:badge:2.0:User";
    let site = Site::start().await;
    let keep = DirectorySettings {
        unknown_extensions: Some(UnknownExtensions::Keep),
        ..DirectorySettings::default()
    };
    site.service.set_directory("default", &keep).await.unwrap();
    let make = async |name: &str, uri: &str, values: Value| {
        let mut body = user(name);
        body[uri] = values;
        let made = site.send("POST", "/scim/v2/Users", &body).await;
        assert_eq!(made.status, 201, "{}", made.text);
        format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap())
    };
    let ada =
        make("ada", "URN:Example:badge:2.0:User", json!({"NUMBER": "7", "level": "high", "note": "x"})).await;
    let bob = make("bob", BADGE, json!({"number": "7"})).await;
    let file = json!([
        {"id": BADGE, "attributes": [{"name": "number", "uniqueness": "server"}, {"name": "level", "type": "integer"}]},
        {"name": "User", "schemaExtensions": [{"schema": BADGE, "required": false}]},
    ]);
    let register = async || site.service.register_schemas("default", &file.to_string()).await;

    let error = register().await.unwrap_err().to_string();
    assert!(error.contains("level must be a whole number"), "{error}");
    let mut body = user("ada");
    body["URN:Example:badge:2.0:User"] = json!({"NUMBER": "7", "level": 3, "note": "x"});
    assert_eq!(site.send("PUT", &ada, &body).await.status, 200);
    let error = register().await.unwrap_err().to_string();
    assert!(error.contains("which is unique"), "{error}");
    assert!(site.service.custom_schemas("default").await.unwrap().schemas.is_empty());
    assert_eq!(reply(site.scim("DELETE", &bob)).await.status, 204);
    register().await.unwrap();

    let read = site.get(&ada).await.body();
    assert_eq!(read[BADGE], json!({"number": "7", "level": 3}), "{read}");
    assert_eq!(read["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:User", BADGE]));
    assert!(read.get("URN:Example:badge:2.0:User").is_none());
    let found = site.get(&format!("/scim/v2/Users?filter={BADGE}:level%20eq%203")).await.body();
    assert_eq!(found["totalResults"], 1);
    let mut again = user("cid");
    again[BADGE] = json!({"number": "7"});
    site.send("POST", "/scim/v2/Users", &again).await.scim_error(409, Some("uniqueness"));
}

#[tokio::test]
async fn b4_b10_what_a_schema_says_about_common_attributes_has_no_effect() {
    let site = Site::start().await;
    let file = json!([
        {"id": TOOL, "attributes": [
            {"name": "label"},
            {"name": "id", "uniqueness": "server", "required": true, "mutability": "readOnly"},
            {"name": "externalId", "uniqueness": "server", "required": true},
        ]},
        {"name": "Tool", "endpoint": "/Tools", "schema": TOOL},
    ]);
    site.service.register_schemas("default", &file.to_string()).await.unwrap();
    for external in ["E-1", "E-1", "e-1"] {
        let made = site.send("POST", "/scim/v2/Tools", &tool("saw", json!({"externalId": external}))).await;
        assert_eq!(made.status, 201, "{}", made.text);
    }
    assert_eq!(site.send("POST", "/scim/v2/Tools", &tool("axe", json!({}))).await.status, 201);
    assert_eq!(labels(&site, "filter=externalId eq \"E-1\"").await.len(), 2);
    assert!(site.service.verify().await.unwrap().findings.is_empty());
}
