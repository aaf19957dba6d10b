//! The request log over HTTP (enrollment.md §7.3).

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, patch, reply, user};

async fn newest(admin: &Caller<'_>, query: &str) -> Vec<Value> {
    let page = admin.get(&format!("/request-log{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.body()["requests"].as_array().unwrap().clone()
}

#[tokio::test]
async fn e7_3_every_request_is_kept_with_who_what_and_what_came_of_it() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ada").await;
    let request = site.scim("PATCH", &format!("/scim/v2/Users/{id}")).header("x-request-id", "r-77");
    let operations = json!([{ "op": "Replace", "path": "active", "value": "False" }]);
    let sent = reply(request.header("user-agent", "Okta SCIM Client 1.0.0").json(&patch(&operations))).await;
    assert_eq!(sent.status, 200);
    let requests = newest(&admin, "").await;
    assert_eq!(requests.len(), 2, "newest first: {requests:?}");
    let logged = &requests[0];
    assert_eq!(
        (logged["requestId"].as_str(), logged["directory"].as_str(), logged["token"].as_str()),
        (Some("r-77"), Some("default"), Some("okta"))
    );
    assert_eq!((logged["method"].as_str(), logged["operation"].as_str()), (Some("PATCH"), Some("patch")));
    assert_eq!((logged["resource"].as_str(), logged["resourceType"].as_str()), (Some("ada"), Some("User")));
    assert_eq!((logged["status"].as_i64(), logged["authenticated"].as_bool()), (Some(200), Some(true)));
    assert_eq!(logged["path"], format!("/scim/v2/Users/{id}"));
    assert_eq!(logged["userAgent"], "Okta SCIM Client 1.0.0");
    assert_eq!(logged["address"], "127.0.0.1");
    let quirks: Vec<&str> =
        logged["normalized"].as_array().unwrap().iter().map(|note| note["quirk"].as_str().unwrap()).collect();
    assert_eq!(quirks, ["operation-case", "string-booleans"]);
    let one = admin.get("/request-log/r-77").await.body();
    assert_eq!(one["requestBody"]["Operations"][0]["value"], "False");
    assert_eq!(one["responseBody"]["userName"], "ada");
    assert_eq!(admin.get(&format!("/request-log/{}", one["id"])).await.body(), one);
}

#[tokio::test]
async fn e7_3_an_error_is_explained_with_what_to_change_in_the_identity_provider() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ada").await;
    site.scim("POST", "/scim/v2/Users")
        .header("user-agent", "Okta SCIM Client 1.0.0")
        .json(&user("ADA"))
        .send()
        .await
        .unwrap();
    let requests = newest(&admin, "?status=error").await;
    let error = &requests[0]["error"];
    assert_eq!((error["scimType"].as_str(), requests[0]["status"].as_i64()), (Some("uniqueness"), Some(409)));
    assert!(error["detail"].as_str().unwrap().contains("ADA"), "{error}");
    assert!(error["advice"].as_str().unwrap().starts_with("In Okta"), "{error}");
    assert_eq!(requests[0]["resource"], "ADA");
}

#[tokio::test]
async fn e7_3_a_refused_token_is_kept_with_the_directory_it_seems_to_be_of() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let damaged = format!("{}0000", &site.scim_token[..site.scim_token.len() - 4]);
    for token in [damaged.as_str(), "nonsense"] {
        reply(site.bare("GET", "/scim/v2/Users").bearer_auth(token)).await.scim_error(401, None);
    }
    let requests = newest(&admin, "?status=401").await;
    assert_eq!(requests.len(), 2);
    assert_eq!((requests[0].get("directory"), requests[0]["authenticated"].as_bool()), (None, Some(false)));
    assert_eq!(
        (requests[1]["directory"].as_str(), requests[1]["token"].as_str()),
        (Some("default"), Some("okta"))
    );
    assert!(requests[1]["error"]["explanation"].as_str().unwrap().contains("damaged"), "{}", requests[1]);
    assert_eq!(newest(&admin, "?directory=default").await.len(), 1);
}

#[tokio::test]
async fn threat_s15_neither_tokens_nor_passwords_are_in_the_request_log() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let secret = "correct horse";
    let body = json!({ "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada", "password": secret });
    let made = site.send("POST", "/scim/v2/Users", &body).await;
    assert_eq!(made.status, 201);
    let path = format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap());
    let operations = json!([{ "op": "replace", "path": "password", "value": secret }, { "op": "replace", "value": { "password": secret } }]);
    site.send("PATCH", &path, &patch(&operations)).await;
    site.get("/scim/v2/Users?filter=password%20eq%20%22correct%20horse%22").await;
    reply(site.bare("GET", &format!("/scim/v2/Users?access_token={}", site.scim_token))).await;
    let requests = newest(&admin, "").await;
    assert_eq!(requests.len(), 4);
    let mut text = json!(requests).to_string();
    for request in &requests {
        text += &admin.get(&format!("/request-log/{}", request["id"])).await.text;
    }
    let token_secret = site.scim_token.rsplit('_').next().unwrap();
    for word in [secret, "correct%20horse", token_secret] {
        assert!(!text.contains(word), "{word} in {text}");
    }
    assert!(text.contains("[redacted]"));
}

#[tokio::test]
async fn e7_3_the_log_is_asked_by_user_method_and_status_and_read_in_pages() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let ada = site.user("Ada").await;
    site.user("bob").await;
    site.get(&format!("/scim/v2/Users/{ada}")).await;
    site.get("/scim/v2/Users?filter=userName%20eq%20%22ada%22").await;
    assert_eq!(site.scim("DELETE", &format!("/scim/v2/Users/{ada}")).send().await.unwrap().status(), 204);
    let operations = |requests: &[Value]| -> Vec<String> {
        requests.iter().map(|request| request["operation"].as_str().unwrap().to_owned()).collect()
    };
    for by in ["ada", "ADA"] {
        let found = newest(&admin, &format!("?user={by}")).await;
        assert_eq!(operations(&found), ["delete", "list", "read", "create"]);
    }
    assert_eq!(
        newest(&admin, &format!("?user={ada}")).await.len(),
        3,
        "by id, also the one that was deleted"
    );
    assert_eq!(operations(&newest(&admin, "?method=delete").await), ["delete"]);
    assert_eq!(newest(&admin, "?status=201").await.len(), 2);
    let paged = admin.listed("/request-log", "requests", "operation").await;
    assert_eq!(paged, ["delete", "list", "read", "create", "create"]);
    assert_eq!(admin.get("/request-log?status=many").await.status, 400);
    assert_eq!(admin.get("/request-log?after=x").await.status, 400);
    assert_eq!(admin.get("/request-log/999999").await.status, 404);
    assert_eq!(admin.get("/request-log?directory=nowhere").await.status, 404);
}

#[tokio::test]
async fn e7_3_only_an_administrator_reads_the_log() {
    let site = Site::start().await;
    for (scope, status) in [(Scope::Check, 403), (Scope::Read, 403), (Scope::Admin, 200)] {
        let caller = Caller::with(&site, scope).await;
        assert_eq!(caller.get("/request-log").await.status, status, "{scope}");
    }
}

#[tokio::test]
async fn e7_2_a_directory_says_whether_its_identity_provider_is_doing_well() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let state = async || admin.get("/directories/default").await.body();
    let before = state().await;
    assert_eq!((before["state"].as_str(), before.get("lastRequest")), (Some("never-connected"), None));
    site.scim("GET", "/scim/v2/Users").header("user-agent", "Okta SCIM Client 1.0.0").send().await.unwrap();
    let healthy = state().await;
    assert_eq!((healthy["state"].as_str(), healthy["seenIdp"].as_str()), (Some("healthy"), Some("okta")));
    let last: jiff::Timestamp = healthy["lastRequest"].as_str().unwrap().parse().unwrap();
    assert_eq!(last.subsec_nanosecond() % 1_000_000, 0, "{last}: as precise as what is read from the file");
    let damaged = format!("{}0000", &site.scim_token[..site.scim_token.len() - 4]);
    reply(site.bare("GET", "/scim/v2/Users").bearer_auth(damaged)).await.scim_error(401, None);
    let failing = state().await;
    assert_eq!(
        (failing["state"].as_str(), failing["lastError"]["status"].as_i64()),
        (Some("failing"), Some(401))
    );
    site.user("ada").await;
    assert_eq!(state().await["state"], "healthy");
    for _ in 0..3 {
        site.send("POST", "/scim/v2/Users", &user("ada")).await;
    }
    let failing = state().await;
    assert_eq!(
        (failing["state"].as_str(), failing["lastError"]["status"].as_i64()),
        (Some("failing"), Some(409))
    );
    let listed = admin.get("/directories").await.body();
    assert_eq!(listed["directories"][0]["state"], "failing");
}

#[tokio::test]
async fn e7_2_what_an_administrator_says_of_the_identity_provider_counts() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let path = "/directories/default";
    let wrong = admin.send("PATCH", path, &json!({ "idp": "saturn" })).await;
    assert_eq!(wrong.status, 400, "{}", wrong.text);
    let set = admin.send("PATCH", path, &json!({ "idp": "entra" })).await;
    assert_eq!((set.status.as_u16(), set.body()["idp"].as_str()), (200, Some("entra")));
    site.user("ada").await;
    let again = site.scim("POST", "/scim/v2/Users").header("user-agent", "Okta SCIM Client 1.0.0");
    assert_eq!(reply(again.json(&user("ada"))).await.status, 409);
    let advice = newest(&admin, "?status=409").await[0]["error"]["advice"].as_str().unwrap().to_owned();
    assert!(advice.starts_with("In Entra ID"), "{advice}");
    let read = admin.get(path).await.body();
    assert_eq!((read["idp"].as_str(), read["seenIdp"].as_str()), (Some("entra"), Some("okta")));
    let reset = admin.send("PATCH", path, &json!({ "idp": "guess" })).await;
    assert_eq!(reset.body().get("idp"), None);
}

#[tokio::test]
async fn threat_s37_what_a_client_writes_cannot_steer_a_terminal() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let mut body = user("a\u{1b}[31mda");
    body["no\u{1b}[2Jsuch"] = json!("x");
    site.send("POST", "/scim/v2/Users", &body).await;
    let logged = &newest(&admin, "").await[0];
    let texts = [&logged["resource"], &logged["error"]["detail"], &logged["normalized"]];
    for text in texts {
        assert!(!text.to_string().contains("\\u001b"), "{text}");
    }
}

#[tokio::test]
async fn e7_3_a_bulk_request_with_failed_operations_is_among_the_errors_with_what_to_change() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let ada = site.user("ada").await;
    let post = |name: &str| json!({"method": "POST", "path": "/Users", "bulkId": name, "data": user(name)});
    let bulk = |operations: Value| {
        let request = site.scim("POST", "/scim/v2/Bulk").header("user-agent", "Okta SCIM Client 1.0.0");
        let schemas = ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"];
        reply(request.json(&json!({"schemas": schemas, "Operations": operations})))
    };
    assert_eq!(bulk(json!([post("max")])).await.status, 200);
    assert_eq!(newest(&admin, "?status=error").await, [] as [Value; 0]);
    let wrong = json!([{"op": "replace", "path": "nothing", "value": 1}]);
    let sent = bulk(json!([
        post("bob"),
        post("Ada"),
        {"method": "PATCH", "path": format!("/Users/{ada}"), "data": patch(&wrong)},
        {"method": "POST", "path": "/Nowhere", "bulkId": "n", "data": {"userName": "zoe"}},
    ]));
    assert_eq!(sent.await.status, 200);
    for query in [
        "?status=error",
        "?status=4xx",
        "?status=409",
        "?user=Ada",
        "?user=zoe",
        &format!("?user={ada}&method=post"),
    ] {
        let mut found = newest(&admin, query).await;
        // She was made by a request of her own.
        found.retain(|logged| logged["operation"] != "create");
        let [logged] = found.as_slice() else { panic!("{query}: {found:?}") };
        assert_eq!((&logged["operation"], &logged["status"]), (&json!("bulk"), &json!(200)), "{query}");
        let failed = &logged["failedOperations"];
        assert_eq!((&failed["count"], &failed["of"]), (&json!(3), &json!(4)));
        let first = failed["first"].as_array().unwrap();
        let told = |at: usize, name: &str| first[at][name].as_str().unwrap_or_default().to_owned();
        assert_eq!(first.iter().map(|one| &one["number"]).collect::<Vec<_>>(), [2, 3, 4]);
        assert_eq!((told(0, "method"), told(0, "path")), ("POST".to_owned(), "/Users".to_owned()));
        assert_eq!((told(0, "resource"), told(0, "bulkId")), ("Ada".to_owned(), "Ada".to_owned()));
        assert_eq!((&first[0]["status"], told(0, "resourceType")), (&json!(409), "User".to_owned()));
        let error = &first[0]["error"];
        assert_eq!(error["scimType"], "uniqueness");
        assert!(error["detail"].as_str().unwrap().contains("Ada"), "{error}");
        assert!(error["advice"].as_str().unwrap().starts_with("In Okta, run Import"), "{error}");
        assert_eq!((told(1, "path"), told(1, "resource")), (format!("/Users/{ada}"), "ada".to_owned()));
        assert_eq!(first[1]["error"]["scimType"], "noTarget");
        assert!(first[1]["error"]["advice"].as_str().unwrap().contains("Profile Editor"), "{}", first[1]);
        assert_eq!((told(2, "path"), &first[2]["status"]), ("/Nowhere".to_owned(), &json!(400)));
    }
    for query in ["?status=5xx", "?status=404", "?user=nobody"] {
        assert_eq!(newest(&admin, query).await, [] as [Value; 0], "{query}");
    }
    let last = admin.get("/directories/default").await.body()["lastError"].clone();
    assert_eq!(
        (&last["status"], &last["explanation"]),
        (&json!(409), &json!("There is a user with this userName already."))
    );
}

#[tokio::test]
async fn e7_3_of_a_bulk_request_with_many_failed_operations_the_first_are_kept_and_all_are_counted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ada").await;
    let name = "x".repeat(3000);
    let operations: Vec<Value> = (0..100)
        .map(|number| {
            json!({"method": "POST", "path": "/Users", "bulkId": format!("{number}"), "data": {
                "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
                "userName": if number == 99 { name.as_str() } else { "ada" }, "displayName": "d".repeat(1000)
            }})
        })
        .collect();
    for _ in 0..3 {
        let sent = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations});
        assert_eq!(site.send("POST", "/scim/v2/Bulk", &sent).await.status, 200);
    }
    let found = newest(&admin, "?status=error&limit=1").await;
    let failed = &found[0]["failedOperations"];
    assert_eq!((&failed["count"], failed["first"].as_array().unwrap().len()), (&json!(100), 20));
    assert!(found[0].to_string().len() < 30_000, "{}", found[0].to_string().len());
    // Three requests of which nothing was carried out are three refusals.
    assert_eq!(admin.get("/directories/default").await.body()["state"], "failing");
}
