//! `/api/v1/directories`: enrollment.md §1.2.

use serde_json::json;

use crate::admin::Caller;
use crate::site::{Site, group, reply};

#[tokio::test]
async fn e1_2_a_directory_is_made_read_listed_changed_and_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let new = json!({
        "name": "entra", "dialect": "strict", "rebind": "by-name", "unknownExtensions": "refuse",
        "quirks": {"string-booleans": true}
    });
    let made = admin.send("POST", "/directories", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    for member in ["name", "dialect", "rebind", "unknownExtensions", "quirks"] {
        assert_eq!(made[member], new[member], "{member}");
    }
    assert_eq!((&made["users"], &made["groups"]), (&json!(0), &json!(0)));
    assert_eq!(admin.get("/directories/entra").await.body(), made);
    let id = made["id"].as_str().unwrap();
    assert_eq!(admin.get(&format!("/directories/{id}")).await.body(), made);
    assert_eq!(admin.get(&format!("/directories/{id}/users")).await.status, 200);
    admin.send("POST", "/directories", &json!({"name": "okta"})).await;
    assert_eq!(admin.listed("/directories", "directories", "name").await, ["default", "entra", "okta"]);

    let change = json!({"dialect": "compat", "quirks": {"string-booleans": null}});
    let changed = admin.send("PATCH", "/directories/entra", &change).await.body();
    assert_eq!((&changed["dialect"], &changed["quirks"]), (&json!("compat"), &json!({})));
    assert_eq!(
        (&changed["rebind"], &changed["unknownExtensions"]),
        (&new["rebind"], &new["unknownExtensions"])
    );

    assert_eq!(admin.delete("/directories/entra").await.status, 204);
    admin.get("/directories/entra").await.problem(404);
    admin.delete("/directories/entra").await.problem(404);
}

#[tokio::test]
async fn e1_2_what_does_not_fit_a_directory_is_refused_and_nothing_changes() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let before = admin.get("/directories/default").await.body();
    for (settings, named) in [
        (json!({"dialect": "loose"}), "dialect"),
        (json!({"rebind": "always"}), "rebind"),
        (json!({"unknownExtensions": "drop"}), "unknownExtensions"),
        (json!({"quirks": {"no-such": true}}), "no-such"),
        (json!({"dialect": "strict", "quirks": {"string-booleans": "yes"}}), "string-booleans"),
        (json!({"dialect": "strict", "users": 3}), "users"),
    ] {
        let detail = admin.send("PATCH", "/directories/default", &settings).await.problem(400);
        assert!(detail.contains(named), "{detail}");
    }
    assert_eq!(admin.get("/directories/default").await.body(), before);
    admin.send("POST", "/directories", &json!({"name": "x"})).await.problem(400);
    admin.send("POST", "/directories", &json!({"name": "default"})).await.problem(409);
    admin.send("PATCH", "/directories/none", &json!({})).await.problem(404);
}

#[tokio::test]
async fn e1_2_a_directory_that_holds_anything_is_not_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    admin.delete("/directories/default").await.problem(409);
    admin.send("POST", "/directories", &json!({"name": "entra", "quirks": {"string-booleans": true}})).await;
    let token = admin.send("POST", "/directories/entra/tokens", &json!({"label": "x"})).await.body();
    admin.delete("/directories/entra").await.problem(409);
    let secret = token["token"].as_str().unwrap();
    let made =
        reply(site.bare("POST", "/scim/v2/Groups").bearer_auth(secret).json(&group("Staff"))).await.body();
    let path = format!("/directories/entra/tokens/{}", token["id"].as_str().unwrap());
    let other = admin.send("POST", "/directories/entra/tokens", &json!({"label": "y"})).await.body();
    admin.delete(&path).await;
    admin.delete("/directories/entra").await.problem(409);
    let left = admin.get("/directories/entra").await.body();
    assert_eq!(
        (&left["groups"], &left["quirks"]),
        (&json!(1), &json!({"string-booleans": true})),
        "nothing went"
    );
    let group = format!("/scim/v2/Groups/{}", made["id"].as_str().unwrap());
    reply(site.bare("DELETE", &group).bearer_auth(other["token"].as_str().unwrap())).await;
    admin.delete(&format!("/directories/entra/tokens/{}", other["id"].as_str().unwrap())).await;
    assert_eq!(admin.delete("/directories/entra").await.status, 204);
    assert_eq!(
        admin.send("POST", "/directories", &json!({"name": "entra"})).await.body()["quirks"],
        json!({})
    );
}
