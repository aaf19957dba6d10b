//! Parameters of the query of `/api/v1`: one that no operation reads is refused, so that a misspelt one is no full list (lesson 11).

use crate::admin::Caller;
use crate::site::{Site, reply};

#[tokio::test]
async fn a_parameter_that_the_operation_does_not_have_is_400_and_named_with_those_that_it_has() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    for (path, wrong, known) in [
        ("/check?user=ann&organization=acme&resouce=secret", "resouce", "user, organization, resource, role"),
        ("/check?user=ann&organization=acme&rol=owner", "rol", "role"),
        ("/mappings?organisation=acme", "organisation", "directory, organization, resource, limit, after"),
        ("/audit?acton=user.created", "acton", "action"),
        ("/organizations?page=2", "page", "limit, after"),
        ("/organizations/acme?fields=name", "fields", "takes no parameters"),
        ("/organizations?limit=1&%6cimits=1", "limits", "limit, after"),
    ] {
        let answer = admin.get(path).await;
        let detail = answer.problem(400);
        assert!(detail.contains(&format!("{wrong:?}")) && detail.contains(known), "{path}: {detail}");
    }
    let answer = admin.send("POST", "/mappings?dryRun=true", &serde_json::json!({})).await;
    assert!(answer.problem(400).contains("takes no parameters"), "{}", answer.text);
    admin.delete("/mappings/none?previewversions=1").await.problem(400);
}

#[tokio::test]
async fn what_an_operation_has_is_taken_in_any_case_and_scim_ignores_what_it_does_not_know() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for path in [
        "/organizations?LIMIT=1",
        "/mappings?organization=acme&limit=2",
        "/organizations?",
        "/organizations?&",
    ] {
        assert_eq!(admin.get(path).await.status, 200, "{path}");
    }
    let scim = reply(site.scim("GET", "/scim/v2/Users?aadOptscim062020&x=1")).await;
    assert_eq!(scim.status, 200, "{}", scim.text);
}
