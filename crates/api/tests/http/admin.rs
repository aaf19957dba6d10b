//! What the tests of the admin API share: a caller with a token, and what holds for every list and every change.

use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::site::{Reply, Site, reply};

/// A caller with an API token.
pub(crate) struct Caller<'s> {
    pub(crate) site: &'s Site,
    pub(crate) token: String,
}

impl<'s> Caller<'s> {
    pub(crate) async fn with(site: &'s Site, scope: Scope) -> Self {
        Self { site, token: site.api_token(scope).await }
    }

    pub(crate) async fn admin(site: &'s Site) -> Self {
        Self::with(site, Scope::Admin).await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        reply(self.site.bare("GET", &format!("/api/v1{path}")).bearer_auth(&self.token)).await
    }

    pub(crate) async fn send(&self, method: &str, path: &str, body: &Value) -> Reply {
        let request = self.site.bare(method, &format!("/api/v1{path}")).bearer_auth(&self.token);
        reply(request.json(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        reply(self.site.bare("DELETE", &format!("/api/v1{path}")).bearer_auth(&self.token)).await
    }

    /// The text of `member` of each object of a list, read in pages of two.
    pub(crate) async fn listed(&self, path: &str, list: &str, member: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut after = String::new();
        loop {
            let separator = if path.contains('?') { '&' } else { '?' };
            let page = self.get(&format!("{path}{separator}limit=2{after}")).await;
            assert_eq!(page.status, 200, "{}", page.text);
            let page = page.body();
            let items = page[list].as_array().unwrap();
            assert!(items.len() <= 2);
            found.extend(items.iter().map(|item| item[member].as_str().unwrap().to_owned()));
            match page.get("next").and_then(Value::as_str) {
                Some(next) => after = format!("&after={next}"),
                None => return found,
            }
        }
    }
}

#[tokio::test]
async fn e5_2_reading_needs_the_scope_read_and_changing_the_scope_admin() {
    let site = Site::start().await;
    let check = Caller::with(&site, Scope::Check).await;
    let read = Caller::with(&site, Scope::Read).await;
    for path in [
        "/organizations",
        "/organizations/acme",
        "/organizations/acme/grants",
        "/organizations/acme/grants/ann",
        "/organizations/acme/resources",
        "/organizations/acme/resources/none",
        "/organizations/acme/resources/none/members",
        "/organizations/acme/resources/none/grants",
        "/organizations/acme/resources/none/grants/ann",
        "/mappings",
        "/mappings/none",
        "/directories",
        "/directories/default",
        "/directories/default/tokens",
        "/directories/default/tokens/none",
        "/directories/default/users",
        "/directories/default/groups",
        "/directories/default/groups/none",
        "/directories/default/groups/none/members",
        "/users/ann",
        "/users/ann/access",
        "/api-tokens",
        "/api-tokens/none",
        "/admins",
        "/bots",
        "/directories/default/brake",
        "/clients",
        "/clients/none",
    ] {
        check.get(path).await.problem(403);
        assert_ne!(read.get(path).await.status, 403, "{path}");
        reply(site.bare("GET", &format!("/api/v1{path}"))).await.problem(401);
        // Threat S11: a SCIM token opens SCIM and nothing else.
        reply(site.scim("GET", &format!("/api/v1{path}"))).await.problem(401);
    }
    for (method, path) in [
        ("POST", "/organizations"),
        ("PATCH", "/organizations/acme"),
        ("DELETE", "/organizations/acme"),
        ("PUT", "/organizations/acme/grants/ann"),
        ("DELETE", "/organizations/acme/grants/ann"),
        ("POST", "/organizations/acme/resources"),
        ("PATCH", "/organizations/acme/resources/none"),
        ("DELETE", "/organizations/acme/resources/none"),
        ("PUT", "/organizations/acme/resources/none/grants/ann"),
        ("DELETE", "/organizations/acme/resources/none/grants/ann"),
        ("POST", "/mappings"),
        ("POST", "/mappings:preview"),
        ("PATCH", "/mappings/none"),
        ("DELETE", "/mappings/none"),
        ("POST", "/mappings/none/rebind"),
        ("POST", "/directories"),
        ("PATCH", "/directories/default"),
        ("DELETE", "/directories/default"),
        ("POST", "/directories/default/tokens"),
        ("PATCH", "/directories/default/tokens/none"),
        ("DELETE", "/directories/default/tokens/none"),
        ("POST", "/api-tokens"),
        ("DELETE", "/api-tokens/none"),
        ("PATCH", "/users/ann"),
        ("DELETE", "/users/ann"),
        ("POST", "/admins"),
        ("PUT", "/admins/ann"),
        ("DELETE", "/admins/ann"),
        ("POST", "/bots"),
        ("DELETE", "/bots/none"),
        ("PUT", "/directories/default/brake"),
        ("DELETE", "/directories/default/brake"),
        ("POST", "/directories/default/brake/approve"),
        ("POST", "/directories/default/pause"),
        ("POST", "/directories/default/resume"),
        ("POST", "/clients"),
        ("PATCH", "/clients/none"),
        ("DELETE", "/clients/none"),
        ("POST", "/clients/none/secret"),
        ("POST", "/signing-keys"),
        ("DELETE", "/users/ann/sessions"),
        ("DELETE", "/sessions/none"),
    ] {
        let detail = read.send(method, path, &json!({})).await.problem(403);
        assert!(detail.contains("`admin`"), "{method} {path}: {detail}");
    }
    assert_eq!(read.get("/organizations/acme").await.status, 200, "it is still there");
}

#[tokio::test]
async fn threat_s16_s27_a_body_that_is_not_understood_to_its_last_member_is_400() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let post = |body: &'static str| {
        let request = site.bare("POST", "/api/v1/organizations").bearer_auth(&admin.token);
        reply(request.header("content-type", "application/json").body(body))
    };
    for (body, named) in [
        (r#"{"name": "beta", "displayNmae": "Beta"}"#, "displayNmae"),
        (r#"{"name": "beta", "id": "1"}"#, "id"),
        (r#"{"name": "beta", "name": "gamma"}"#, "name"),
        (r#"{"name": "beta", "displayName": null}"#, "displayName"),
        (r#"{"name": 7}"#, "name"),
        (r#"{"name": "beta", "baseResourceRole": "boss"}"#, "baseResourceRole"),
        (r#"{}"#, "name"),
        (r#"[]"#, "object"),
        ("", "empty"),
        (r#"{"name": "#, "JSON"),
    ] {
        let detail = post(body).await.problem(400);
        assert!(detail.contains(named), "{body}: {detail}");
    }
    let deep = format!("{}1{}", "{\"name\":".repeat(100), "}".repeat(100));
    let deep = site.bare("POST", "/api/v1/organizations").bearer_auth(&admin.token).body(deep);
    reply(deep).await.problem(400);
    let large = json!({"name": "beta", "description": "x".repeat(1024 * 1024)});
    admin.send("POST", "/organizations", &large).await.problem(413);
    let form = site.bare("POST", "/api/v1/organizations").bearer_auth(&admin.token);
    reply(form.header("content-type", "text/plain").body(r#"{"name": "beta"}"#)).await.problem(415);
    admin.get("/organizations/beta").await.problem(404);
}

#[tokio::test]
async fn a_list_refuses_what_is_no_next_of_it() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for path in [
        "/organizations",
        "/organizations/acme/grants",
        "/mappings",
        "/directories",
        "/directories/default/tokens",
        "/directories/default/users",
        "/directories/default/groups",
        "/api-tokens",
        "/clients",
    ] {
        assert!(admin.get(&format!("{path}?after=!")).await.problem(400).contains("after"), "{path}");
        assert!(admin.get(&format!("{path}?limit=x")).await.problem(400).contains("limit"), "{path}");
        assert_eq!(admin.get(&format!("{path}?limit=-3")).await.status, 200, "{path}");
        assert_eq!(admin.get(&format!("{path}?limit=99999999999999999999")).await.status, 200, "{path}");
    }
}

/// The sources that an answer to `/explain` names, without what brought them.
pub(crate) fn without_causes(explanation: &Value) -> Value {
    let mut sources = explanation["sources"].clone();
    for source in sources.as_array_mut().unwrap() {
        let source = source.as_object_mut().unwrap();
        source.remove("since").unwrap();
        source.remove("broughtBy").unwrap();
    }
    sources
}
