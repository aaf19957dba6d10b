//! `POST /api/v1/mappings:preview`: enrollment.md §3.8.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, patch, reply};

async fn member(site: &Site, group: &str, user: &str, op: &str) {
    let operation = match op {
        "add" => json!({"op": "add", "path": "members", "value": [{"value": user}]}),
        _ => json!({"op": "remove", "path": format!("members[value eq \"{user}\"]")}),
    };
    let answer = site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &patch(&json!([operation]))).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}

async fn active(site: &Site, user: &str, active: bool) {
    let change = patch(&json!([{"op": "replace", "path": "active", "value": active}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{user}"), &change).await.status, 200);
}

async fn preview(admin: &Caller<'_>, edit: &Value) -> Value {
    let answer = admin.send("POST", "/mappings:preview", edit).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.body()
}

/// userName, role before, role after.
fn roles(preview: &Value) -> Vec<(String, Value, Value)> {
    let one = |found: &Value| {
        let name = found["user"]["userName"].as_str().unwrap().to_owned();
        (name, found["before"].clone(), found["after"].clone())
    };
    preview["users"].as_array().unwrap().iter().map(one).collect()
}

fn counts(preview: &Value) -> [u64; 3] {
    ["gained", "lost", "changed"].map(|name| preview[name].as_u64().unwrap())
}

/// Ann, bob and cy in `Staff`; cy in `Leads`, which is nested in `Staff`; dan deactivated in `Staff`; bob an admin directly.
async fn company(site: &Site) -> (Caller<'_>, String) {
    let admin = Caller::admin(site).await;
    let (staff, leads) = (site.group("Staff").await, site.group("Leads").await);
    for name in ["ann", "bob", "dan"] {
        let id = site.user(name).await;
        member(site, &staff, &id, "add").await;
        if name == "dan" {
            active(site, &id, false).await;
        }
    }
    let cy = site.user("cy").await;
    member(site, &leads, &cy, "add").await;
    member(site, &staff, &leads, "add").await;
    site.user("eve").await;
    admin.send("PUT", "/organizations/acme/grants/bob", &json!({"role": "admin"})).await;
    (admin, staff)
}

#[tokio::test]
async fn e3_8_the_preview_of_a_new_mapping_names_who_would_gain_a_role_and_changes_nothing() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let new = json!({"group": "staff", "organization": "acme", "role": "writer"});
    let found = preview(&admin, &json!({"add": new})).await;
    assert_eq!(counts(&found), [2, 0, 0], "bob is an admin already, dan is deactivated");
    let writer = |name: &str| (name.to_owned(), Value::Null, json!("writer"));
    assert_eq!(roles(&found), [writer("ann"), writer("cy")]);
    assert_eq!(found["users"][0]["onResources"], json!({"before": null, "after": "write"}));
    assert_eq!(admin.get("/mappings").await.body(), json!({"mappings": []}));
    assert_eq!(admin.get("/check?user=ann&organization=acme").await.body()["allowed"], false);
    let waiting = json!({"add": {"group": "Nobody", "organization": "acme"}});
    assert_eq!(counts(&preview(&admin, &waiting).await), [0, 0, 0]);
}

#[tokio::test]
async fn e3_8_each_kind_of_change_is_previewed() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let new = json!({"group": "Staff", "organization": "acme", "role": "member"});
    let id = admin.send("POST", "/mappings", &new).await.body()["id"].clone();
    let leads = json!({"group": "Leads", "organization": "acme", "role": "writer"});
    admin.send("POST", "/mappings", &leads).await;
    let gone = |name: &str| (name.to_owned(), json!("member"), Value::Null);
    for edit in [json!({"change": {"mapping": id, "paused": true}}), json!({"remove": {"mapping": id}})] {
        let found = preview(&admin, &edit).await;
        assert_eq!((counts(&found), roles(&found)), ([0, 1, 0], vec![gone("ann")]), "cy keeps the other");
    }
    let owner = json!({"mapping": id, "role": "owner", "allowPrivileged": true});
    let found = preview(&admin, &json!({"change": owner})).await;
    assert_eq!(counts(&found), [0, 0, 3]);
    assert_eq!(roles(&found)[0], ("ann".to_owned(), json!("member"), json!("owner")));
    assert_eq!(found["users"][0]["onResources"], json!({"before": "write", "after": "owner"}));

    admin.send("PATCH", &format!("/mappings/{}", id.as_str().unwrap()), &json!({"paused": true})).await;
    let found = preview(&admin, &json!({"change": {"mapping": id, "paused": false}})).await;
    assert_eq!(
        (counts(&found), roles(&found)[0].clone()),
        ([1, 0, 0], ("ann".to_owned(), Value::Null, json!("member")))
    );
    admin.send("PATCH", &format!("/mappings/{}", id.as_str().unwrap()), &json!({"paused": false})).await;

    let other = site.group("Other").await;
    let eve = admin.get("/users/eve").await.body()["id"].as_str().unwrap().to_owned();
    member(&site, &other, &eve, "add").await;
    let found = preview(&admin, &json!({"rebind": {"mapping": id, "group": "other"}})).await;
    assert_eq!(counts(&found), [1, 1, 0]);
    assert_eq!(roles(&found), [gone("ann"), ("eve".to_owned(), Value::Null, json!("member"))]);
    let same = preview(&admin, &json!({"rebind": {"mapping": id}})).await;
    assert_eq!(counts(&same), [0, 0, 0]);
}

#[tokio::test]
async fn e3_8_a_mapping_to_a_resource_is_previewed_with_all_that_counts_there() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    let new = json!({"group": "Staff", "organization": "acme", "resource": "web", "role": "limited-write"});
    let found = preview(&admin, &json!({"add": new})).await;
    assert_eq!((&found["organization"], &found["resource"]), (&json!("acme"), &json!("web")));
    let gains = |name: &str| (name.to_owned(), Value::Null, json!("limited-write"));
    assert_eq!(roles(&found), [gains("ann"), gains("cy")], "bob has admin by the organization");
    assert_eq!(found["users"][0].get("onResources"), None);
    admin.send("PATCH", "/organizations/acme/resources/web", &json!({"visibility": "public"})).await;
    let found = preview(&admin, &json!({"add": new})).await;
    assert_eq!(counts(&found), [0, 0, 2], "everybody may read it");
    assert_eq!(roles(&found)[0], ("ann".to_owned(), json!("read"), json!("limited-write")));
}

#[tokio::test]
async fn e3_8_a_long_preview_is_paged_with_the_counts_of_all() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let group = site.group("Staff").await;
    for number in 0..5 {
        let id = site.user(&format!("user{number}")).await;
        member(&site, &group, &id, "add").await;
    }
    let edit = json!({"add": {"group": "Staff", "organization": "acme"}});
    let (mut names, mut after) = (Vec::new(), String::new());
    loop {
        let page = admin.send("POST", &format!("/mappings:preview?limit=2{after}"), &edit).await.body();
        assert_eq!(counts(&page), [5, 0, 0]);
        assert!(page["users"].as_array().unwrap().len() <= 2);
        names.extend(roles(&page).into_iter().map(|(name, ..)| name));
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    assert_eq!(names, ["user0", "user1", "user2", "user3", "user4"]);
    admin.send("POST", "/mappings:preview?after=x", &edit).await.problem(400);
}

#[tokio::test]
async fn e3_8_a_change_that_would_be_refused_is_refused_in_the_preview() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let new = json!({"group": "Staff", "organization": "acme"});
    admin.send("POST", "/mappings", &new).await;
    for (edit, status) in [
        (json!({"add": new}), 409),
        (json!({"add": {"group": "Leads", "organization": "acme", "role": "owner"}}), 400),
        (json!({"add": {"group": "Leads", "organization": "none"}}), 404),
        (json!({"remove": {"mapping": "none"}}), 404),
        (json!({"change": {"mapping": "none", "paused": true}}), 404),
        (json!({"delete": {"mapping": "none"}}), 400),
        (json!({"remove": {"mapping": "none"}, "add": new}), 400),
        (json!({}), 400),
    ] {
        admin.send("POST", "/mappings:preview", &edit).await.problem(status);
    }
}

#[tokio::test]
async fn e3_8_a_preview_that_still_holds_is_applied_for_each_kind_of_change() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let version = async |edit: Value| preview(&admin, &edit).await["version"].clone();
    let mut new = json!({"group": "Staff", "organization": "acme"});
    new["previewVersion"] = version(json!({"add": new})).await;
    let made = admin.send("POST", "/mappings", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let id = made.body()["id"].clone();
    let path = format!("/mappings/{}", id.as_str().unwrap());
    let change = version(json!({"change": {"mapping": id, "paused": true}})).await;
    let body = json!({"paused": true, "previewVersion": change});
    assert_eq!(admin.send("PATCH", &path, &body).await.status, 200);
    // The change itself has moved the state on.
    admin.send("PATCH", &path, &json!({"paused": false, "previewVersion": change})).await.problem(409);
    let rebind = version(json!({"rebind": {"mapping": id, "group": "Leads"}})).await;
    let body = json!({"group": "Leads", "previewVersion": rebind});
    assert_eq!(admin.send("POST", &format!("{path}/rebind"), &body).await.status, 200);
    let remove = version(json!({"remove": {"mapping": id}})).await;
    let text = remove.as_str().unwrap();
    assert_eq!(admin.delete(&format!("{path}?previewVersion={text}")).await.status, 204);
}

#[tokio::test]
async fn e3_8_a_version_holds_only_for_the_change_that_was_previewed() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let made =
        admin.send("POST", "/mappings", &json!({"group": "Staff", "organization": "acme"})).await.body();
    let id = made["id"].as_str().unwrap();
    let pause = preview(&admin, &json!({"change": {"mapping": id, "paused": true}})).await["version"].clone();
    let refused = admin.delete(&format!("/mappings/{id}?previewVersion={}", pause.as_str().unwrap())).await;
    assert!(refused.problem(409).contains("another change"), "{}", refused.text);
    let path = format!("/mappings/{id}");
    let role = json!({"role": "writer", "previewVersion": pause});
    assert!(admin.send("PATCH", &path, &role).await.problem(409).contains("another change"));
    let new = json!({"group": "Leads", "organization": "acme"});
    let add = preview(&admin, &json!({"add": new})).await["version"].clone();
    let other = json!({"group": "Leads", "organization": "acme", "role": "writer", "previewVersion": add});
    admin.send("POST", "/mappings", &other).await.problem(409);
    let same = json!({"paused": true, "previewVersion": pause});
    assert_eq!(admin.send("PATCH", &path, &same).await.status, 200);
}

#[tokio::test]
async fn e3_8_what_would_take_the_last_owner_is_refused_by_the_preview_too() {
    let site = Site::start().await;
    let (admin, staff) = company(&site).await;
    let new = json!({"group": "Staff", "organization": "acme", "role": "owner", "allowPrivileged": true});
    let made = admin.send("POST", "/mappings", &new).await.body();
    let id = made["id"].as_str().unwrap();
    let spare = site.group("Spare").await;
    let edits = [
        json!({"change": {"mapping": id, "paused": true}}),
        json!({"change": {"mapping": id, "role": "member"}}),
        json!({"remove": {"mapping": id}}),
        json!({"rebind": {"mapping": id, "group": "Spare"}}),
    ];
    let before = admin.get("/audit?limit=1").await.body();
    for edit in &edits {
        let refused = admin.send("POST", "/mappings:preview", edit).await;
        assert!(refused.problem(409).contains("would lose its last owner"), "{edit}: {}", refused.text);
    }
    assert_eq!(admin.get("/audit?limit=1").await.body(), before, "a preview changes nothing");
    admin.send("PUT", "/organizations/acme/grants/eve", &json!({"role": "owner"})).await;
    for edit in &edits {
        preview(&admin, edit).await;
    }
    assert!(staff != spare);
}

#[tokio::test]
async fn e3_8_a_stale_preview_is_refused_whatever_has_moved() {
    let site = Site::start().await;
    let (admin, staff) = company(&site).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    let edit = json!({"group": "Staff", "organization": "acme", "resource": "web"});
    let eve = admin.get("/users/eve").await.body()["id"].as_str().unwrap().to_owned();
    let ann = admin.get("/users/ann").await.body()["id"].as_str().unwrap().to_owned();
    for number in 0..10 {
        let mut body = edit.clone();
        body["previewVersion"] = preview(&admin, &json!({"add": edit})).await["version"].clone();
        match number {
            0 => member(&site, &staff, &eve, "add").await,
            1 => member(&site, &staff, &eve, "remove").await,
            2 => active(&site, &ann, false).await,
            3 => active(&site, &ann, true).await,
            4 => drop(admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "owner"})).await),
            5 => {
                let grant = "/organizations/acme/resources/web/grants/ann";
                admin.send("PUT", grant, &json!({"role": "write"})).await;
            }
            6 => {
                let change = json!({"visibility": "public"});
                admin.send("PATCH", "/organizations/acme/resources/web", &change).await;
            }
            7 => drop(admin.send("PATCH", "/organizations/acme", &json!({"baseResourceRole": "read"})).await),
            8 => {
                let mapping = json!({"group": "Leads", "organization": "acme"});
                admin.send("POST", "/mappings", &mapping).await;
            }
            _ => drop(reply(site.scim("DELETE", &format!("/scim/v2/Users/{ann}"))).await),
        }
        let detail = admin.send("POST", "/mappings", &body).await.problem(409);
        assert!(detail.contains("preview the change again"), "{number}: {detail}");
    }
}

#[tokio::test]
async fn e3_8_what_cannot_matter_spoils_no_preview() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    admin.send("POST", "/directories", &json!({"name": "other"})).await;
    admin.send("POST", "/organizations", &json!({"name": "beta"})).await;
    let mut body = json!({"group": "Staff", "organization": "acme"});
    body["previewVersion"] = preview(&admin, &json!({"add": body})).await["version"].clone();
    admin.send("POST", "/api-tokens", &json!({"label": "x", "scope": "read"})).await;
    admin.send("POST", "/directories/default/tokens", &json!({"label": "x"})).await;
    admin.send("PATCH", "/directories/default", &json!({"rebind": "by-name"})).await;
    admin.send("PATCH", "/organizations/beta", &json!({"description": "x"})).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    admin
        .send("POST", "/mappings", &json!({"directory": "other", "group": "Staff", "organization": "acme"}))
        .await;
    let ann = admin.get("/users/ann").await.body()["id"].as_str().unwrap().to_owned();
    let title = patch(&json!([{"op": "replace", "path": "title", "value": "Dr."}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{ann}"), &title).await.status, 200);
    site.user("newcomer").await;
    let made = admin.send("POST", "/mappings", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

#[tokio::test]
async fn e3_8_a_version_of_another_database_or_none_at_all_is_refused() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let mut body = json!({"group": "Staff", "organization": "acme"});
    for (version, status) in [
        ("x", 400),
        ("1", 400),
        ("1-0000000000000000", 400),
        ("1-0000000000000000-0000000000000000", 409),
        ("999999-0000000000000000-0000000000000000", 409),
        ("-1-00", 400),
    ] {
        body["previewVersion"] = json!(version);
        admin.send("POST", "/mappings", &body).await.problem(status);
    }
    admin.delete("/mappings/none?previewVersion=x").await.problem(400);
}

#[tokio::test]
async fn e3_8_a_preview_is_too_old_after_ten_thousand_entries_of_the_audit_trail() {
    let site = Site::start().await;
    let (admin, _) = company(&site).await;
    let mut body = json!({"group": "Staff", "organization": "acme"});
    body["previewVersion"] = preview(&admin, &json!({"add": body})).await["version"].clone();
    let db = site.database();
    let fill = |count: u32| {
        db.write(move |tx| {
            for _ in 0..count {
                enroll_store::audit::append(
                    tx,
                    &enroll_store::audit::NewEntry {
                        now: jiff::Timestamp::UNIX_EPOCH,
                        actor: &enroll_domain::audit::Actor::system(),
                        action: enroll_domain::audit::Action::ApiTokenCreated,
                        subject: enroll_store::audit::Subject {
                            kind: enroll_domain::audit::SubjectKind::ApiToken,
                            id: "x",
                            name: "x",
                            directory: None,
                        },
                        changes: "{}",
                    },
                )?;
            }
            Ok::<_, enroll_store::StoreError>(())
        })
    };
    fill(10_001).await.unwrap();
    let detail = admin.send("POST", "/mappings", &body).await.problem(409);
    assert!(detail.contains("10000"), "{detail}");
    body["previewVersion"] =
        preview(&admin, &json!({"add": {"group": "Staff", "organization": "acme"}})).await["version"].clone();
    fill(10_000).await.unwrap();
    assert_eq!(admin.send("POST", "/mappings", &body).await.status, 201);
}

/// Each member of acme with the role.
async fn members(admin: &Caller<'_>, path: &str) -> BTreeMap<String, Value> {
    let all = admin.get(&format!("{path}/members?limit=1000")).await.body();
    let one =
        |member: &Value| (member["user"]["userName"].as_str().unwrap().to_owned(), member["role"].clone());
    all["members"].as_array().unwrap().iter().map(one).collect()
}

/// A small generator of choices; the same every time.
struct Choices(u64);

impl Choices {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[tokio::test]
async fn e3_8_a_preview_is_exactly_what_the_change_does() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    // An owner whom no mapping makes one: the last one could not be lost (2.8).
    site.user("keeper").await;
    admin.send("PUT", "/organizations/acme/grants/keeper", &json!({"role": "owner"})).await;
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "web"})).await;
    let (mut users, mut groups) = (Vec::new(), Vec::new());
    for number in 0..6 {
        users.push(site.user(&format!("user{number}")).await);
    }
    for number in 0..4 {
        groups.push(site.group(&format!("group{number}")).await);
    }
    let mut mappings: Vec<(String, bool)> = Vec::new();
    let (mut choices, mut applied, mut differed) = (Choices(7), 0, 0);
    for _ in 0..150 {
        // Something happens in the directory.
        let (user, group) = (choices.below(6) as usize, choices.below(4) as usize);
        match choices.below(5) {
            0 | 1 => member(&site, &groups[group], &users[user], "add").await,
            2 => member(&site, &groups[group], &users[user], "remove").await,
            3 => active(&site, &users[user], choices.below(3) > 0).await,
            _ => member(&site, &groups[group], &groups[choices.below(4) as usize], "add").await,
        }
        // A change is previewed, and made.
        let on_resource = choices.below(2) == 0;
        let role = match on_resource {
            true => ["read", "write", "admin"][choices.below(3) as usize],
            false => ["member", "writer", "admin"][choices.below(3) as usize],
        };
        let any = (!mappings.is_empty()).then(|| choices.below(mappings.len().max(1) as u64) as usize);
        let (on_resource, edit) = match (choices.below(6), any) {
            (0, Some(at)) => (mappings[at].1, json!({"remove": {"mapping": mappings[at].0}})),
            (1, Some(at)) => {
                let name = format!("group{}", choices.below(4));
                (mappings[at].1, json!({"rebind": {"mapping": mappings[at].0, "group": name}}))
            }
            (2, Some(at)) => {
                let paused = choices.below(2) == 0;
                (mappings[at].1, json!({"change": {"mapping": mappings[at].0, "paused": paused}}))
            }
            (3, Some(at)) => {
                let word = if mappings[at].1 { "limited-write" } else { "owner" };
                (
                    mappings[at].1,
                    json!({"change": {"mapping": mappings[at].0, "role": word, "allowPrivileged": true}}),
                )
            }
            _ => {
                let mut new = json!({"group": format!("group{group}"), "organization": "acme", "role": role});
                new["allowPrivileged"] = json!(true);
                if on_resource {
                    new["resource"] = json!("web");
                }
                (on_resource, json!({"add": new}))
            }
        };
        let path = if on_resource { "/organizations/acme/resources/web" } else { "/organizations/acme" };
        let answer = admin.send("POST", "/mappings:preview", &edit).await;
        let before = members(&admin, path).await;
        let (kind, mut body) =
            edit.as_object().unwrap().iter().next().map(|(k, v)| (k.clone(), v.clone())).unwrap();
        let mapping = body["mapping"].as_str().map(|id| format!("/mappings/{id}"));
        body.as_object_mut().unwrap().remove("mapping");
        body["previewVersion"] = answer.body()["version"].clone();
        if answer.status == 409 {
            body.as_object_mut().unwrap().remove("previewVersion");
        }
        let made = match (kind.as_str(), mapping) {
            ("remove", Some(path)) => {
                mappings.retain(|(id, _)| format!("/mappings/{id}") != path);
                let version = body["previewVersion"].as_str().unwrap();
                admin.delete(&format!("{path}?previewVersion={version}")).await
            }
            ("rebind", Some(path)) => admin.send("POST", &format!("{path}/rebind"), &body).await,
            ("change", Some(path)) => admin.send("PATCH", &path, &body).await,
            _ => admin.send("POST", "/mappings", &body).await,
        };
        if answer.status == 409 {
            assert_eq!(made.status, 409, "the preview is refused as the change is");
            continue;
        }
        assert!(answer.status == 200 && made.status.is_success(), "{edit}: {} {}", answer.text, made.text);
        if kind == "add" {
            mappings.push((made.body()["id"].as_str().unwrap().to_owned(), on_resource));
        }
        let after = members(&admin, path).await;
        let mut expected = Vec::new();
        for name in (0..6).map(|number| format!("user{number}")) {
            let of = |all: &BTreeMap<String, Value>| all.get(&name).cloned().unwrap_or(Value::Null);
            if of(&before) != of(&after) {
                expected.push((name.clone(), of(&before), of(&after)));
            }
        }
        assert_eq!(roles(&answer.body()), expected, "{edit}");
        applied += 1;
        differed += usize::from(!expected.is_empty());
    }
    assert!(applied > 60 && differed > 20, "{applied} changes, {differed} with a difference");
    assert_eq!(site.service.verify().await.unwrap().findings, []);
}

#[tokio::test]
async fn a_preview_of_no_change_or_of_two_says_what_to_give() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let remove = json!({"mapping": "x"});
    for body in [json!({}), json!({"remove": remove, "rebind": remove})] {
        let detail = admin.send("POST", "/mappings:preview", &body).await.problem(400);
        assert_eq!(detail, "give the change to look at: one of add, change, rebind and remove");
    }
    let detail = admin.send("POST", "/mappings:preview", &json!({"remvoe": remove})).await.problem(400);
    assert!(detail.contains("remvoe") && detail.contains("remove"), "{detail}");
}
