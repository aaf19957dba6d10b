//! What administrators change.

use enroll_domain::audit::Actor;
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{AllowList, RebindPolicy, Role, Scope};
use enroll_service::{
    DirectorySettings, MappingEdit, NewMapping, NewOrganization, NewScimToken, PageRequest, ScimTokenChange,
    SessionDetails,
};
use serde_json::{Value, json};

use super::Trail;
use crate::admin::Caller;
use crate::site::{Site, patch};

#[tokio::test]
async fn e6_3_each_change_of_an_administrator_is_told_with_who_has_made_it() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    site.user("ada").await;
    let mut trail = Trail::begin(&service).await;
    service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    let (actor, changes) = trail.one("directory.created", "entra").await;
    assert_eq!((actor.as_str(), &changes["dialect"]), ("grace", &json!({"new": "compat"})));
    let settings = DirectorySettings { rebind: Some(RebindPolicy::ByName), ..DirectorySettings::default() };
    for _ in 0..2 {
        service.set_directory("entra", &settings).await.unwrap();
    }
    let changes = trail.one("directory.updated", "entra").await.1;
    assert_eq!(changes, json!({"rebind": {"old": "confirm", "new": "by-name"}}));
    let organization = NewOrganization { name: "globex".to_owned(), ..NewOrganization::default() };
    service.create_organization(&organization).await.unwrap();
    trail.one("organization.created", "globex").await;
    for role in [Role::Member, Role::Member, Role::Writer, Role::Writer] {
        service.grant("acme", "ada", role).await.unwrap();
    }
    let news = trail.news().await;
    assert_eq!(
        news.iter().map(|found| found.entry.action.as_str()).collect::<Vec<_>>(),
        ["grant.added", "grant.changed"]
    );
    let changes: Value = serde_json::from_str(&news[1].entry.changes).unwrap();
    assert_eq!(changes["role"], json!({"old": "member", "new": "writer"}));
    service.revoke("acme", "ada").await.unwrap();
    trail.one("grant.removed", "ada in acme").await;
}

#[tokio::test]
async fn e6_3_each_change_of_a_webhook_is_told_without_its_secret() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut trail = Trail::begin(&service).await;
    let new = enroll_service::NewWebhook {
        url: "https://hooks.example.com/t0psecret".to_owned(),
        types: "group.*".parse().unwrap(),
        directory: None,
        format: enroll_domain::delivery::WebhookFormat::Events,
        paused: false,
        unless_there: false,
    };
    let made = service.create_webhook(&new).await.unwrap();
    let changes = trail.one("webhook.created", "hooks.example.com").await.1;
    assert_eq!(changes["types"], json!({"new": "group.*"}));
    let id = made.info.id.to_string();
    let pause = enroll_service::WebhookChange { paused: Some(true), ..Default::default() };
    for _ in 0..2 {
        service.change_webhook(&id, &pause).await.unwrap();
    }
    trail.one("webhook.updated", "hooks.example.com").await;
    service.rotate_webhook_secret(&id).await.unwrap();
    trail.one("webhook.rotated", "hooks.example.com").await;
    service.replay_webhook(&id, 1).await.unwrap();
    assert_eq!(trail.one("webhook.replayed", "hooks.example.com").await.1["from"], json!({"new": 1}));
    service.remove_webhook(&id).await.unwrap();
    trail.one("webhook.removed", "hooks.example.com").await;
    assert!(service.remove_webhook(&id).await.is_err());
    trail.none().await;
    let all = format!("{:?}", service.audit_page(0, 1000).await.unwrap());
    assert!(!all.contains("whsec_") && !all.contains(made.reveal()));
}

#[tokio::test]
async fn threat_s15_tokens_are_told_by_label_and_never_with_their_secret() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut trail = Trail::begin(&service).await;
    let scim = service.create_scim_token("default", "Okta 2", None).await.unwrap();
    trail.one("scim_token.created", "Okta 2").await;
    let api = service.create_api_token("ci", Scope::Check, None).await.unwrap();
    assert_eq!(trail.one("api_token.created", "ci").await.1["scope"], json!({"new": "check"}));
    let networks = AllowList::read(["203.0.113.0/24"]).unwrap();
    let new = NewScimToken { label: "Okta 3".to_owned(), expires: None, allow_from: networks.clone() };
    let limited = service.create_limited_scim_token("default", new).await.unwrap();
    let (_, changes) = trail.one("scim_token.created", "Okta 3").await;
    assert_eq!(changes["allowFrom"], json!({"new": ["203.0.113.0/24"]}));
    let id = limited.info.id.to_string();
    for _ in 0..2 {
        let change = ScimTokenChange { allow_from: Some(AllowList::default()), ..Default::default() };
        service.change_scim_token("default", &id, change).await.unwrap();
    }
    let (who, changes) = trail.one("scim_token.updated", "Okta 3").await;
    assert_eq!(changes, json!({"allowFrom": {"old": ["203.0.113.0/24"], "new": []}}));
    assert_eq!(who, "grace");
    service.delete_scim_token(&scim.info.id.to_string()).await.unwrap();
    trail.one("scim_token.deleted", "Okta 2").await;
    service.delete_api_token(&api.info.id.to_string()).await.unwrap();
    trail.one("api_token.deleted", "ci").await;
    assert!(service.delete_api_token(&api.info.id.to_string()).await.is_err());
    trail.none().await;
    let all = format!("{:?}", service.audit_page(0, 1000).await.unwrap());
    for token in [scim.reveal(), api.reveal(), &site.scim_token] {
        let secret = token.rsplit('_').next().unwrap();
        assert!(secret.len() > 20 && !all.contains(secret), "a secret is in the trail");
    }
}

#[tokio::test]
async fn e6_3_each_change_of_a_mapping_is_told_whoever_brings_it_about() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut trail = Trail::begin(&service).await;
    let new = NewMapping {
        directory: "default".to_owned(),
        group: "Web".to_owned(),
        organization: "acme".to_owned(),
        role: None,
        allow_privileged: AllowPrivileged::No,
        paused: false,
    };
    let id = service.add_mapping(&new).await.unwrap().id.to_string();
    trail.one("mapping.created", "Web").await;
    for _ in 0..2 {
        service.pause_mapping(&id, true).await.unwrap();
    }
    trail.one("mapping.paused", "Web").await;
    service.pause_mapping(&id, false).await.unwrap();
    trail.one("mapping.resumed", "Web").await;
    let group = site.group("web").await;
    assert_eq!(trail.actions().await, ["group.created", "mapping.bound"]);
    let rename = patch(&json!([{"op": "replace", "path": "displayName", "value": "Site"}]));
    let path = format!("/scim/v2/Groups/{group}");
    assert!(site.send("PATCH", &path, &rename).await.status.is_success());
    assert_eq!(trail.actions().await, ["group.renamed", "mapping.renamed"]);
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    let news = trail.news().await;
    let told: Vec<_> =
        news.iter().map(|found| (found.entry.action.as_str(), found.entry.actor.as_str())).collect();
    assert_eq!(told, [("group.deleted", "okta"), ("mapping.lost", "okta")]);
    site.group("Site").await;
    assert_eq!(trail.actions().await, ["group.created"]);
    for _ in 0..2 {
        service.rebind_mapping(&id, None).await.unwrap();
    }
    assert_eq!(trail.one("mapping.rebound", "Site").await.0, "grace");
    // To look at a change is none.
    let edit = MappingEdit::Remove { id: id.clone() };
    service.preview_mapping(&edit, &PageRequest { after: None, limit: 10 }).await.unwrap();
    trail.none().await;
    service.remove_mapping(&id).await.unwrap();
    assert_eq!(trail.one("mapping.removed", "Site").await.1["role"], json!({"old": "member"}));
}

#[tokio::test]
async fn e6_3_each_change_over_the_admin_api_is_told_in_the_name_of_its_token() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ada").await;
    let mut trail = Trail::begin(&site.service).await;
    admin.send("POST", "/organizations", &json!({"name": "beta"})).await;
    assert_eq!(trail.one("organization.created", "beta").await.0, "admin");
    let change = json!({"description": "What we sell", "baseResourceRole": "read"});
    for _ in 0..2 {
        assert_eq!(admin.send("PATCH", "/organizations/beta", &change).await.status, 200);
    }
    let (actor, changes) = trail.one("organization.updated", "beta").await;
    assert_eq!(actor, "admin");
    assert_eq!(changes["baseResourceRole"], json!({"old": "write", "new": "read"}));
    assert_eq!(changes.get("displayName"), None, "it stays as it is");
    for role in ["writer", "writer"] {
        let granted = admin.send("PUT", "/organizations/beta/grants/ada", &json!({"role": role})).await;
        assert!(granted.status.is_success(), "{}", granted.text);
    }
    assert_eq!(trail.one("grant.added", "ada in beta").await.0, "admin");
    let body = json!({"group": "Web", "organization": "acme"});
    let mapping = admin.send("POST", "/mappings", &body).await.body();
    trail.one("mapping.created", "Web").await;
    let path = format!("/mappings/{}", mapping["id"].as_str().unwrap());
    for _ in 0..2 {
        let changed = admin.send("PATCH", &path, &json!({"role": "writer", "paused": true})).await;
        assert_eq!(changed.status, 200, "{}", changed.text);
    }
    assert_eq!(trail.actions().await, ["mapping.updated", "mapping.paused"]);
    assert_eq!(admin.delete("/organizations/beta/grants/ada").await.status, 204);
    assert_eq!(trail.one("grant.removed", "ada in beta").await.0, "admin");
    assert_eq!(admin.delete("/organizations/beta").await.status, 204);
    assert_eq!(trail.one("organization.deleted", "beta").await.0, "admin");
    admin.send("POST", "/directories", &json!({"name": "entra"})).await;
    trail.one("directory.created", "entra").await;
    admin.delete("/directories/default").await.problem(409);
    trail.none().await;
    assert_eq!(admin.delete("/directories/entra").await.status, 204);
    assert_eq!(trail.one("directory.deleted", "entra").await.0, "admin");
    assert_eq!(site.service.verify_audit(None).await.unwrap().broken, None);
}

#[tokio::test]
async fn e6_3_reservations_default_enrollments_and_what_a_sign_in_gives_are_told() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ada").await;
    let mut trail = Trail::begin(&site.service).await;
    for _ in 0..2 {
        admin.send("PATCH", "/organizations/acme", &json!({"directories": ["default"]})).await;
    }
    let changes = trail.one("organization.updated", "acme").await.1;
    assert_eq!(changes, json!({"directories": {"old": [], "new": ["default"]}}));
    for _ in 0..2 {
        let body = json!({"defaultEnrollment": {"organization": "acme"}});
        admin.send("PATCH", "/directories/default", &body).await;
    }
    let changes = trail.one("directory.updated", "default").await.1;
    let enrollment = json!({"organization": "acme", "role": "member"});
    assert_eq!(changes, json!({"defaultEnrollment": {"new": enrollment}}));
    for _ in 0..2 {
        crate::sessions::open(&site, &id, SessionDetails::default()).await.unwrap();
    }
    let news = trail.news().await;
    let actions: Vec<&str> = news.iter().map(|found| found.entry.action.as_str()).collect();
    assert_eq!(actions, ["user.signed_in", "grant.added", "user.signed_in"]);
    let given = &news[1].entry;
    assert_eq!((given.subject.as_str(), given.actor.as_str()), ("ada in acme", "ada"));
    let changes: Value = serde_json::from_str(&given.changes).unwrap();
    assert_eq!(changes["role"], json!({"new": "member"}));
    assert_eq!(admin.delete("/organizations/acme/grants/ada?kind=jit").await.status, 204);
    trail.one("grant.removed", "ada in acme").await;
}

#[tokio::test]
async fn e6_3_each_change_of_a_resource_of_an_organization_is_told() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ada").await;
    let mut trail = Trail::begin(&site.service).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "Web"})).await;
    let (actor, changes) = trail.one("resource.created", "acme/Web").await;
    assert_eq!((actor.as_str(), &changes["visibility"]), ("admin", &json!({"new": "private"})));
    for _ in 0..2 {
        admin.send("PATCH", "/organizations/acme/resources/Web", &json!({"visibility": "public"})).await;
    }
    let changes = trail.one("resource.updated", "acme/Web").await.1;
    assert_eq!(changes, json!({"visibility": {"old": "private", "new": "public"}}));
    let path = "/organizations/acme/resources/Web/grants/ada";
    for role in ["read", "read", "admin"] {
        admin.send("PUT", path, &json!({"role": role})).await;
    }
    assert_eq!(trail.actions().await, ["grant.added", "grant.changed"]);
    admin.delete(path).await;
    assert_eq!(trail.one("grant.removed", "ada in acme/Web").await.1["role"], json!({"old": "admin"}));
    let new = json!({"group": "Web", "organization": "acme", "resource": "web"});
    let mapping = admin.send("POST", "/mappings", &new).await.body();
    assert_eq!(trail.one("mapping.created", "Web").await.1["resource"], json!({"new": "Web"}));
    admin.delete(&format!("/mappings/{}", mapping["id"].as_str().unwrap())).await;
    trail.one("mapping.removed", "Web").await;
    admin.delete("/organizations/acme/resources/Web").await;
    trail.one("resource.deleted", "acme/Web").await;
    assert_eq!(site.service.verify_audit(None).await.unwrap().broken, None);
}

#[tokio::test]
async fn e6_3_each_change_of_a_sign_in_connection_is_told() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let mut trail = Trail::begin(&site.service).await;
    for _ in 0..2 {
        admin.send("PUT", "/directories/default/sso", &crate::saml::settings(&json!({}))).await;
    }
    let (actor, changes) = trail.one("sso.updated", "default").await;
    assert_eq!((actor.as_str(), &changes["jit"]), ("admin", &json!({"new": false})));
    assert_eq!(changes["certificates"]["new"][0].as_str().unwrap().len(), 64);
    admin.send("POST", "/directories/default/sso/test", &json!({})).await;
    crate::saml::Browser::new(&site).sign_in(|_| {}).await;
    let changes = trail.one("sign_in.refused", "default").await.1;
    assert_eq!(changes["reason"], "unknown_user");
    admin.send("PUT", "/directories/default/sso", &json!({"jit": true})).await;
    let changes = trail.one("sso.updated", "default").await.1;
    assert_eq!(changes, json!({"jit": {"old": false, "new": true}}));
    admin.delete("/directories/default/sso").await;
    trail.one("sso.removed", "default").await;
}
