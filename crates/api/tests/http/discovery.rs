//! Discovery: conformance.md F, G.

use enroll_domain::delivery::WebhookFormat;
use enroll_service::NewWebhook;
use serde_json::json;

use crate::site::{PUBLIC_URL, Site, patch, reply, user};

#[tokio::test]
async fn f1_f4_service_provider_config_is_one_object_for_anybody() {
    let site = Site::start().await;
    for path in [
        "/scim/v2/ServiceProviderConfig",
        "/scim/v2/ServiceProviderConfig/",
        "/scim/ServiceProviderConfig?aadOptscim062020",
    ] {
        let answer = reply(site.bare("GET", path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some("application/scim+json"));
        let body = answer.body();
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"]));
        let bulk = json!({ "supported": true, "maxOperations": 1000, "maxPayloadSize": 4 * 1024 * 1024 });
        assert_eq!(body["bulk"], bulk);
        assert_eq!(body["filter"]["maxResults"], 1000);
        assert_eq!(body["meta"]["location"], format!("{PUBLIC_URL}/scim/v2/ServiceProviderConfig"));
    }
}

#[tokio::test]
async fn g1_lists_hold_everything_and_ignore_paging() {
    let site = Site::start().await;
    for (path, count) in
        [("/scim/v2/ResourceTypes?count=1&startIndex=5", 2), ("/scim/v2/Schemas?attributes=id", 3)]
    {
        let body = reply(site.bare("GET", path)).await.body();
        assert_eq!(body["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:ListResponse"]));
        assert_eq!(body["totalResults"], count, "{path}");
        assert_eq!(body["itemsPerPage"], count);
        assert_eq!(body["Resources"].as_array().unwrap().len(), count);
    }
}

#[tokio::test]
async fn g2_one_document_is_found_by_name_or_uri_encoded_or_not() {
    let site = Site::start().await;
    for path in [
        "/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User",
        "/scim/v2/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AUser",
        "/scim/v2/ResourceTypes/User",
    ] {
        let answer = reply(site.bare("GET", path)).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.body()["name"], "User");
    }
    for path in ["/scim/v2/Schemas/urn:example:none", "/scim/v2/ResourceTypes/Device"] {
        reply(site.bare("GET", path)).await.scim_error(404, None);
    }
}

#[tokio::test]
async fn g3_a_filter_is_403() {
    let site = Site::start().await;
    for path in ["ServiceProviderConfig", "ResourceTypes", "ResourceTypes/User", "Schemas"] {
        reply(site.bare("GET", &format!("/scim/v2/{path}?filter=name%20pr"))).await.scim_error(403, None);
    }
}

#[tokio::test]
async fn g10_discovery_is_read_only() {
    let site = Site::start().await;
    for path in ["ServiceProviderConfig", "ResourceTypes", "ResourceTypes/User", "Schemas", "Schemas/x"] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let answer = reply(site.scim(method, &format!("/scim/v2/{path}"))).await;
            answer.scim_error(405, None);
            assert_eq!(answer.header("allow"), Some("GET,HEAD"));
        }
    }
}

#[tokio::test]
async fn f5_what_is_announced_is_what_the_server_does() {
    let site = Site::start().await;
    let config = site.get("/scim/v2/ServiceProviderConfig").await.body();
    let says = |part: &str| config[part]["supported"].as_bool().unwrap();
    let path = format!("/scim/v2/Users/{}", site.user("ada").await);
    site.user("bob").await;

    let change = patch(&json!([{ "op": "add", "path": "title", "value": "x" }]));
    assert_eq!(says("patch"), site.send("PATCH", &path, &change).await.status == 200);
    let post = json!({ "method": "POST", "path": "/Users", "bulkId": "a", "data": user("eve") });
    let bulk =
        json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [post] });
    assert_eq!(says("bulk"), site.send("POST", "/scim/v2/Bulk", &bulk).await.status == 200);
    let filtered = site.get("/scim/v2/Users?filter=userName%20eq%20%22bob%22").await.body();
    assert_eq!(says("filter"), filtered["totalResults"] == 1);
    let sorted = site.get("/scim/v2/Users?sortBy=userName&sortOrder=descending").await.body();
    assert_eq!(says("sort"), sorted["Resources"][0]["userName"] == "eve");
    assert_eq!(says("etag"), site.get(&path).await.header("etag").is_some());
    assert!(!says("changePassword"), "a password is thrown away");
    let scheme = config["authenticationSchemes"][0]["type"].as_str();
    assert_eq!(scheme, Some("oauthbearertoken"));
}

#[tokio::test]
async fn f7_service_provider_config_announces_security_events_while_a_webhook_gets_them() {
    let site = Site::start().await;
    let config = async || site.get("/scim/v2/ServiceProviderConfig").await.body();
    assert_eq!(config().await.get("securityEvents"), None);
    let mut new = NewWebhook {
        url: "https://example.com/".to_owned(),
        types: "".parse().unwrap(),
        directory: None,
        format: WebhookFormat::Events,
        paused: false,
        unless_there: false,
    };
    site.service.create_webhook(&new).await.unwrap();
    assert_eq!(config().await.get("securityEvents"), None);
    new.format = WebhookFormat::SecurityEvents;
    let webhook = site.service.create_webhook(&new).await.unwrap();
    let uri = |what: &str| format!("urn:ietf:params:scim:event:prov:{what}");
    let uris = ["create:notice", "patch:notice", "delete", "activate", "deactivate"].map(uri);
    assert_eq!(config().await["securityEvents"], json!({"asyncRequest": "none", "eventUris": uris}));
    site.service.remove_webhook(&webhook.info.id.to_string()).await.unwrap();
    assert_eq!(config().await.get("securityEvents"), None);
}
