//! Every write leaves its entry in the audit trail, and nothing else does (enrollment.md §6.3, §6.4; reliability R25).

use std::path::Path;

use enroll_domain::audit::{Action, Actor};
use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{ClientKind, RebindPolicy, Role, Scope};
use enroll_service::{
    AuditQuery, BrakeLimits, ChainedEntry, ClientSettings, DirectorySettings, MappingEdit, NewLocalUser,
    NewMapping, NewOrganization, PageRequest, Service, SessionDetails, UserChange,
};
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, group, patch, user};

const ROLE: &str = "urn:example:params:scim:schemas:2.0:Role";

/// What has been written since somebody last asked.
struct Trail {
    service: Service,
    seen: i64,
}

impl Trail {
    async fn begin(service: &Service) -> Self {
        let mut trail = Self { service: service.clone(), seen: 0 };
        trail.news().await;
        trail
    }

    async fn news(&mut self) -> Vec<ChainedEntry> {
        let news = self.service.audit_page(self.seen, 1000).await.unwrap();
        self.seen = news.last().map_or(self.seen, |last| last.entry.sequence);
        news
    }

    /// The one new entry; gives who did it, and what has changed.
    async fn one(&mut self, action: &str, subject: &str) -> (String, Value) {
        let news = self.news().await;
        let [only] = news.as_slice() else { panic!("{action} {subject}: {news:#?}") };
        let entry = &only.entry;
        assert_eq!((entry.action.as_str(), entry.subject.as_str()), (action, subject));
        (entry.actor.clone(), serde_json::from_str(&entry.changes).unwrap())
    }

    async fn none(&mut self) {
        assert_eq!(self.news().await, []);
    }

    async fn actions(&mut self) -> Vec<String> {
        self.news().await.into_iter().map(|found| found.entry.action).collect()
    }
}

fn with(mut body: Value, name: &str, value: Value) -> Value {
    body[name] = value;
    body
}

#[tokio::test]
async fn e6_3_each_write_of_a_user_over_scim_is_told() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let id = site.user("ada").await;
    let path = format!("/scim/v2/Users/{id}");
    let (actor, changes) = trail.one("user.created", "ada").await;
    assert_eq!((actor.as_str(), &changes["userName"]), ("okta", &json!({"new": "ada"})));
    let set = |name: &str, value: Value| patch(&json!([{"op": "replace", "path": name, "value": value}]));
    for (change, action, told) in [
        (set("title", json!("Dr.")), "user.updated", json!({"otherAttributes": ["title"]})),
        (set("active", json!(false)), "user.deactivated", json!({"active": {"old": true, "new": false}})),
        (set("active", json!(true)), "user.reactivated", json!({"active": {"old": false, "new": true}})),
        (set("externalId", json!("7")), "user.updated", json!({"externalId": {"new": "7"}})),
    ] {
        assert!(site.send("PATCH", &path, &change).await.status.is_success());
        assert_eq!(trail.one(action, "ada").await.1, told);
        assert!(site.send("PATCH", &path, &change).await.status.is_success());
        trail.none().await;
    }
    let put = with(user("ada.l"), "active", json!(true));
    assert_eq!(site.send("PUT", &path, &put).await.status, 200);
    let (_, changes) = trail.one("user.updated", "ada.l").await;
    assert_eq!(changes["userName"], json!({"old": "ada", "new": "ada.l"}));
    assert_eq!(site.send("PUT", &path, &put).await.status, 200);
    trail.none().await;
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    assert_eq!(trail.one("user.deleted", "ada.l").await.1["userName"], json!({"old": "ada.l"}));
}

#[tokio::test]
async fn e6_3_each_write_of_a_group_over_scim_is_told_with_its_members() {
    let site = Site::start().await;
    let (ada, bob) = (site.user("ada").await, site.user("bob").await);
    let mut trail = Trail::begin(&site.service).await;
    let id = site.group("Web").await;
    assert_eq!(trail.one("group.created", "Web").await.1, json!({"displayName": {"new": "Web"}}));
    let path = format!("/scim/v2/Groups/{id}");
    let add = |ids: &[&String]| {
        let members: Vec<Value> = ids.iter().map(|id| json!({"value": id})).collect();
        json!({"op": "add", "path": "members", "value": members})
    };
    let remove = |id: &String| json!({"op": "remove", "path": format!("members[value eq \"{id}\"]")});
    let one = |id: &String| json!({"count": 1, "ids": [id]});
    for (operations, action, members) in [
        (json!([add(&[&ada])]), "group.member_added", json!({"added": one(&ada)})),
        (
            json!([add(&[&bob]), remove(&ada)]),
            "group.members_changed",
            json!({"added": one(&bob), "removed": one(&ada)}),
        ),
        (json!([remove(&bob)]), "group.member_removed", json!({"removed": one(&bob)})),
    ] {
        assert!(site.send("PATCH", &path, &patch(&operations)).await.status.is_success());
        assert_eq!(trail.one(action, "Web").await.1, json!({"members": members}));
    }
    let nothing = patch(&json!([remove(&bob)]));
    assert!(site.send("PATCH", &path, &nothing).await.status.is_success());
    trail.none().await;
    let rename = patch(&json!([{"op": "replace", "path": "displayName", "value": "Web 2"}, add(&[&ada])]));
    assert!(site.send("PATCH", &path, &rename).await.status.is_success());
    let (_, changes) = trail.one("group.renamed", "Web 2").await;
    assert_eq!(
        changes,
        json!({"displayName": {"old": "Web", "new": "Web 2"}, "members": {"added": one(&ada)}})
    );
    let put = with(with(group("Web 2"), "externalId", json!("g")), "members", json!([]));
    assert!(site.send("PUT", &path, &put).await.status.is_success());
    let (_, changes) = trail.one("group.updated", "Web 2").await;
    assert_eq!(changes, json!({"externalId": {"new": "g"}, "members": {"removed": one(&ada)}}));
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    trail.one("group.deleted", "Web 2").await;
}

#[tokio::test]
async fn an_entry_on_many_members_tells_how_many_and_names_the_first() {
    let site = Site::start().await;
    let mut members = Vec::new();
    for number in 0..30 {
        members.push(json!({"value": site.user(&format!("user{number}")).await}));
    }
    let mut trail = Trail::begin(&site.service).await;
    let made = with(group("All"), "members", Value::Array(members));
    assert_eq!(site.send("POST", "/scim/v2/Groups", &made).await.status, 201);
    let added = trail.one("group.created", "All").await.1["members"]["added"].clone();
    assert_eq!((added["count"].clone(), added["ids"].as_array().unwrap().len()), (json!(30), 20));
}

#[tokio::test]
async fn e6_3_writes_of_custom_resources_and_of_their_schemas_are_told() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let definitions = json!([
        {"id": ROLE, "attributes": [{"name": "displayName", "required": true}, {"name": "pin", "returned": "never"}]},
        {"name": "Role", "endpoint": "/Roles", "schema": ROLE},
    ]);
    let text = definitions.to_string();
    let register = || site.service.register_schemas("default", &text);
    register().await.unwrap();
    assert_eq!(trail.actions().await, ["schema.registered", "schema.registered"]);
    register().await.unwrap();
    trail.none().await;
    let role = json!({"schemas": [ROLE], "displayName": "Admin", "externalId": "r", "pin": "12345"});
    let made = site.send("POST", "/scim/v2/Roles", &role).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(trail.one("custom_resource.created", "role").await.1, json!({"externalId": {"new": "r"}}));
    let path = format!("/scim/v2/Roles/{}", made.body()["id"].as_str().unwrap());
    let change = patch(&json!([{"op": "replace", "path": "displayName", "value": "Owner"}]));
    for _ in 0..2 {
        assert_eq!(site.send("PATCH", &path, &change).await.status, 200);
    }
    assert_eq!(
        trail.one("custom_resource.updated", "role").await.1,
        json!({"otherAttributes": ["displayName"]})
    );
    assert_eq!(site.send("PUT", &path, &role).await.status, 200);
    trail.one("custom_resource.updated", "role").await;
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 204);
    trail.one("custom_resource.deleted", "role").await;
    let grown = json!({"id": ROLE, "attributes": [
        {"name": "displayName", "required": true}, {"name": "pin", "returned": "never"}, {"name": "level"},
    ]});
    site.service.register_schemas("default", &grown.to_string()).await.unwrap();
    let attributes = trail.one("schema.updated", ROLE).await.1["attributes"].clone();
    assert_eq!(attributes["new"], json!(["displayName", "pin", "level"]));
    for name in ["Role", ROLE] {
        site.service.remove_schema("default", name).await.unwrap();
        trail.one("schema.removed", name).await;
    }
    let all = site.service.audit_page(0, 1000).await.unwrap();
    assert!(all.iter().all(|found| !found.entry.changes.contains("12345")), "a secret is in the trail");
}

#[tokio::test]
async fn e6_3_each_operation_of_a_bulk_request_is_told_and_a_refused_one_is_not() {
    let site = Site::start().await;
    let mut trail = Trail::begin(&site.service).await;
    let post = |id: &str, path: &str, data: Value| json!({"method": "POST", "bulkId": id, "path": path, "data": data});
    let bulk = |operations: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations,
        })
    };
    let circle =
        |name: &str, other: &str| with(group(name), "members", json!([{"value": format!("bulkId:{other}")}]));
    let body = bulk(json!([
        post("a", "/Users", user("ada")),
        post("b", "/Users", user("ADA")),
        post("c", "/Groups", circle("Left", "d")),
        post("d", "/Groups", circle("Right", "c")),
    ]));
    let answer = site.send("POST", "/scim/v2/Bulk", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let statuses: Vec<Value> =
        answer.body()["Operations"].as_array().unwrap().iter().map(|done| done["status"].clone()).collect();
    assert_eq!(statuses, ["201", "409", "201", "201"]);
    assert_eq!(trail.actions().await, ["user.created", "group.created", "group.created"]);
    let path = answer.body()["Operations"][0]["location"]
        .as_str()
        .unwrap()
        .split_once("/scim/v2")
        .unwrap()
        .1
        .to_owned();
    let change = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    let body = bulk(json!([
        {"method": "PATCH", "path": path, "data": change},
        {"method": "PUT", "path": path, "data": user("ada2")},
        {"method": "DELETE", "path": path},
    ]));
    assert_eq!(site.send("POST", "/scim/v2/Bulk", &body).await.status, 200);
    assert_eq!(trail.actions().await, ["user.deactivated", "user.updated", "user.deleted"]);
}

#[tokio::test]
async fn e6_4_what_is_refused_leaves_no_entry() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let group = site.group("Web").await;
    let mut trail = Trail::begin(&site.service).await;
    let (user_path, group_path) = (format!("/scim/v2/Users/{id}"), format!("/scim/v2/Groups/{group}"));
    assert_eq!(site.send("POST", "/scim/v2/Users", &user("Ada")).await.status, 409);
    assert_eq!(site.send("POST", "/scim/v2/Groups", &crate::site::group("WEB")).await.status, 409);
    let nobody = json!([
        {"op": "replace", "path": "displayName", "value": "Web 2"},
        {"op": "add", "path": "members", "value": [{"value": "018f0000-0000-7000-8000-000000000001"}]},
    ]);
    assert_eq!(site.send("PATCH", &group_path, &patch(&nobody)).await.status, 400);
    let old = site.scim("DELETE", &user_path).header("If-Match", "W/\"9\"");
    assert_eq!(crate::site::reply(old).await.status, 412);
    assert_eq!(crate::site::reply(site.scim("DELETE", &format!("{user_path}0"))).await.status, 404);
    let organization = NewOrganization { name: "acme".to_owned(), ..NewOrganization::default() };
    assert!(site.service.create_organization(&organization).await.is_err());
    assert!(site.service.create_directory("default", &DirectorySettings::default()).await.is_err());
    assert!(site.service.revoke("acme", "ada").await.is_err());
    trail.none().await;
}

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
    let id = site.user("ada").await.parse().unwrap();
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
        site.service.enroll_at_sign_in(id).await.unwrap();
    }
    assert_eq!(trail.one("grant.added", "ada in acme").await.1["role"], json!({"new": "member"}));
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

#[tokio::test]
async fn e6_3_e4_4_each_sign_in_and_each_end_of_a_session_is_told() {
    let site = Site::start().await;
    let id = site.user("ada").await;
    let mut trail = Trail::begin(&site.service).await;
    let open = || crate::sessions::open(&site, &id, SessionDetails::default());
    let session = open().await.unwrap();
    let (actor, changes) = trail.one("user.signed_in", "ada").await;
    assert_eq!((actor.as_str(), &changes["session"]), ("ada", &json!(session.info.id)));
    let signed_in = site.service.authenticate_session(session.reveal()).unwrap();
    site.service.sign_out(&signed_in).await.unwrap();
    assert_eq!(trail.one("user.signed_out", "ada").await.0, "ada");
    site.service.sign_out(&signed_in).await.unwrap();
    trail.none().await;
    let session = open().await.unwrap();
    trail.one("user.signed_in", "ada").await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    service.revoke_session(&session.info.id.to_string(), None).await.unwrap();
    let (actor, changes) = trail.one("session.revoked", "ada").await;
    assert_eq!((actor.as_str(), changes), ("grace", json!({"reason": "asked", "user": id})));
    open().await.unwrap();
    trail.news().await;
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &off).await.status, 200);
    let news = trail.news().await;
    let told: Vec<_> =
        news.iter().map(|found| (found.entry.action.as_str(), found.entry.actor.as_str())).collect();
    assert_eq!(told, [("session.revoked", "okta"), ("user.deactivated", "okta")]);
    assert!(news[0].entry.changes.contains("deactivated"));
    open().await.unwrap_err();
    assert_eq!(trail.one("sign_in.refused", "ada").await.1["reason"], "deactivated");
    assert_eq!(site.service.verify_audit(None).await.unwrap().broken, None);
}

#[tokio::test]
async fn e6_3_each_change_of_a_client_is_told_without_its_secret() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let mut trail = Trail::begin(&service).await;
    let settings = ClientSettings {
        name: Some("Shop".to_owned()),
        redirect_uris: Some(vec!["https://shop.example.com/cb".to_owned()]),
        ..ClientSettings::default()
    };
    let made = service.create_client(ClientKind::Confidential, &settings).await.unwrap();
    let (actor, changes) = trail.one("client.created", "Shop").await;
    assert_eq!((actor.as_str(), &changes["kind"]), ("grace", &json!({"new": "confidential"})));
    let id = made.info.id.to_string();
    let change = ClientSettings { name: Some("Store".to_owned()), ..ClientSettings::default() };
    for _ in 0..2 {
        service.change_client(&id, &change, None).await.unwrap();
    }
    let (_, changes) = trail.one("client.updated", "Store").await;
    assert_eq!(changes, json!({"name": {"old": "Shop", "new": "Store"}}));
    let rotated = service.rotate_client_secret(&id).await.unwrap();
    assert_eq!(trail.one("client.secret_rotated", "Store").await.1, json!({}));
    service.delete_client(&id).await.unwrap();
    trail.one("client.deleted", "Store").await;
    service.rotate_signing_keys().await.unwrap();
    assert_eq!(trail.actions().await, ["signing_key.created", "signing_key.created"]);
    let all = format!("{:?}", service.audit_page(0, 1000).await.unwrap());
    for secret in [made.reveal().unwrap(), rotated.reveal().unwrap()] {
        assert!(!all.contains(secret), "a secret is in the trail");
    }
}

#[tokio::test]
async fn e6_3_each_sign_in_to_a_client_and_each_second_use_is_told() {
    let (service, user) = crate::oidc::signed_in_and_code_used_twice().await;
    let news = service.audit_page(0, 1000).await.unwrap();
    let of_client: Vec<_> = news.iter().filter(|found| found.entry.subject_kind == "client").collect();
    let told: Vec<_> =
        of_client.iter().map(|found| (found.entry.action.as_str(), found.entry.actor.as_str())).collect();
    assert_eq!(
        told,
        [
            ("client.created", "system"),
            ("client.signed_in", "Ann@example.com"),
            ("client.reuse_detected", "system")
        ]
    );
    assert!(of_client[1].entry.changes.contains(&user));
}

#[tokio::test]
async fn the_trail_is_asked_by_user_and_by_directory() {
    let site = Site::start().await;
    let (ada, _) = (site.user("ada").await, site.user("bob").await);
    let made = with(group("Web"), "members", json!([{"value": ada}]));
    assert_eq!(site.send("POST", "/scim/v2/Groups", &made).await.status, 201);
    site.service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    let ask = async |query: AuditQuery| {
        let found = site.service.audit_entries(query, 100).await.unwrap();
        found.into_iter().map(|found| found.entry.action).collect::<Vec<_>>()
    };
    let of_user = |name: &str| AuditQuery { user: Some(name.to_owned()), ..AuditQuery::default() };
    assert_eq!(ask(of_user("ada")).await, ["group.created", "user.created"]);
    let of_entra = AuditQuery { directory: Some("entra".to_owned()), ..AuditQuery::default() };
    assert_eq!(ask(of_entra).await, ["directory.created"]);
    assert_eq!(crate::site::reply(site.scim("DELETE", &format!("/scim/v2/Users/{ada}"))).await.status, 204);
    assert_eq!(ask(of_user(&ada)).await, ["user.deleted", "group.created", "user.created"]);
    assert_eq!(ask(of_user("ada")).await, ["user.deleted", "user.created"]);
}

#[tokio::test]
async fn reliability_r25_two_servers_at_once_leave_one_entry_for_each_change_and_no_gap() {
    let one = std::sync::Arc::new(Site::start().await);
    let other = std::sync::Arc::new(one.beside().await);
    let before = one.service.verify_audit(None).await.unwrap();
    let mut tasks = Vec::new();
    for number in 0..40 {
        let site = std::sync::Arc::clone(if number % 2 == 0 { &one } else { &other });
        // Ten names, each asked for four times: one wins.
        tasks.push(tokio::spawn(async move {
            site.send("POST", "/scim/v2/Users", &user(&format!("user{}", number / 4))).await.status.as_u16()
        }));
    }
    let mut statuses = Vec::new();
    for task in tasks {
        statuses.push(task.await.unwrap());
    }
    let made = statuses.iter().filter(|status| **status == 201).count();
    assert_eq!(made, 10, "{statuses:?}");
    let after = other.service.verify_audit(Some((before.sequence, before.hash))).await.unwrap();
    assert_eq!(after.broken, None);
    assert_eq!((after.entries - before.entries, after.sequence - before.sequence), (10, 10));
    let all = one.service.audit_page(before.sequence, 1000).await.unwrap();
    let mut names: Vec<_> = all.into_iter().map(|found| found.entry.subject).collect();
    names.sort();
    assert_eq!(names, (0..10).map(|number| format!("user{number}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn e6_3_what_is_done_to_people_and_to_the_brake_is_told() {
    let site = Site::start().await;
    let service = site.service.acting_as(Actor::command_line(Some("grace")));
    let id = site.user("ada").await;
    let mut trail = Trail::begin(&service).await;
    let new = |name: &str| NewLocalUser { name: name.to_owned(), email: None };
    service.create_admin(&new("root1")).await.unwrap();
    assert_eq!(trail.actions().await, ["user.created", "server_admin.granted"]);
    service.create_bot(&new("bot1")).await.unwrap();
    trail.one("user.created", "bot1").await;
    for _ in 0..2 {
        service.grant_admin("ada").await.unwrap();
    }
    trail.one("server_admin.granted", "ada").await;
    let handle = |handle: &str| UserChange { active: None, handle: Some(handle.to_owned()) };
    for _ in 0..2 {
        service.change_user("ada", &handle("ada-l"), None).await.unwrap();
    }
    let told = trail.one("user.handle_changed", "ada").await.1;
    assert_eq!(told["handle"], json!({"old": "ada", "new": "ada-l"}));
    service.create_user_token("ada", "laptop", Scope::Admin, None).await.unwrap();
    assert_eq!(trail.one("api_token.created", "laptop").await.1["user"], json!(id));
    service.revoke_admin("ada").await.unwrap();
    assert_eq!(trail.actions().await, ["api_token.deleted", "server_admin.revoked"]);
    service.create_user_token("ada", "laptop", Scope::Read, None).await.unwrap();
    trail.news().await;
    let active = |active: bool| UserChange { active: Some(active), handle: None };
    for (on, actions) in
        [(false, &["api_token.deleted", "user.deactivated"][..]), (true, &["user.reactivated"])]
    {
        service.change_user("ada", &active(on), None).await.unwrap();
        assert_eq!(trail.actions().await, actions);
    }
    service.delete_bot("bot1").await.unwrap();
    trail.one("user.deleted", "bot1").await;
    service.grant("acme", "ada", Role::Owner).await.unwrap();
    trail.news().await;
    service.forcing(true).delete_user("ada", None).await.unwrap();
    assert_eq!(trail.actions().await, ["user.deleted", "organization.needs_owner"]);
    let last = site.user("bob").await;
    service.grant_admin("bob").await.unwrap();
    service.delete_user("root1", None).await.unwrap();
    trail.news().await;
    let path = format!("/scim/v2/Users/{last}");
    assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, 403);
    trail.one("server_admin.protected", "bob").await;
    let limits = BrakeLimits { people: 1, percent: 0, window_minutes: 60 };
    for _ in 0..2 {
        service.set_brake("default", Some(limits)).await.unwrap();
    }
    trail.one("brake.updated", "default").await;
    for (name, status) in [("cy", 204), ("dan", 429)] {
        let path = format!("/scim/v2/Users/{}", site.user(name).await);
        trail.news().await;
        assert_eq!(crate::site::reply(site.scim("DELETE", &path)).await.status, status);
    }
    trail.one("brake.held", "default").await;
    service.approve_brake("default").await.unwrap();
    trail.one("brake.approved", "default").await;
    for (paused, action) in [(true, "directory.paused"), (false, "directory.resumed")] {
        for _ in 0..2 {
            service.pause_directory("default", paused).await.unwrap();
        }
        trail.one(action, "default").await;
    }
}

#[test]
fn e6_3_each_action_of_the_trail_is_brought_about_by_a_test_here() {
    let tests = include_str!("audit.rs");
    let missing: Vec<_> =
        Action::ALL.iter().filter(|action| !tests.contains(&format!("\"{action}\""))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// Transactions that change nothing that an administrator would ask about, by the file and the reason.
const UNTOLD: [(&str, &str); 13] = [
    ("events.rs", "events are deleted after their time; the trail stays"),
    ("idempotency.rs", "what was answered to a request with a key"),
    ("leases.rs", "whose turn it is"),
    ("oidc/authorize.rs", "a code, which is told when it is used"),
    ("oidc/logout.rs", "what was sent to a client"),
    ("oidc/returns.rs", "where somebody wanted to go before signing in"),
    ("roles/retell.rs", "what follows from changes that are told"),
    ("scim/cursor.rs", "the key of cursors, made once"),
    ("session.rs", "the time of a token's last use"),
    ("sessions/authenticate.rs", "the time of a session's last use"),
    ("sign_in/begin.rs", "a begun sign-in, which is told when it ends"),
    ("sign_in/finish.rs", "Finishing tells; a response of a stranger is only kept in the log of sign-ins"),
    ("webhooks/deliver.rs", "how far a webhook has come; a pause is told"),
];

#[test]
fn e6_4_each_transaction_that_changes_something_writes_an_entry() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../service/src");
    let (mut folders, mut transactions, mut untold) = (vec![root.clone()], 0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let source = std::fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
            // What a method does up to the next one is its transaction.
            for method in source.split("fn ") {
                let begins = ["db().write(", "db.write(", ".write(move |tx|"];
                if begins.iter().any(|begin| method.contains(begin)) {
                    transactions += 1;
                    let told = ["scribe", "creation.link(tx)", "patch.", "replacement.", "by_code(tx"];
                    if !told.iter().any(|word| method.contains(word)) {
                        untold.push(name.clone());
                    }
                }
            }
        }
    }
    untold.sort();
    untold.dedup();
    assert!(transactions > 15, "only {transactions} transactions were found: does the test still read them?");
    let allowed: Vec<_> = UNTOLD.iter().map(|(name, _)| *name).collect();
    assert_eq!(untold, allowed, "a transaction without an entry");
}
