//! The life of users beyond SCIM: tokens that die with them, local people and bots, handles (enrollment.md §2, §5; threats S1-S3,
//! S22, S23; reliability R14).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use enroll_domain::{Role, Scope};
use enroll_service::NewLocalUser;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Reply, Site, patch, reply, user};

#[expect(clippy::needless_pass_by_value, reason = "callers make the value on the spot")]
pub(crate) fn active(value: Value) -> Value {
    patch(&json!([{"op": "replace", "path": "active", "value": value}]))
}

async fn ask(site: &Site, token: &str, path: &str) -> Reply {
    reply(site.bare("GET", &format!("/api/v1{path}")).bearer_auth(token)).await
}

async fn token_of(site: &Site, user: &str) -> String {
    site.service.create_user_token(user, "laptop", Scope::Read, None).await.unwrap().reveal().to_owned()
}

#[tokio::test]
async fn e2_1_a_user_made_with_active_false_is_deactivated() {
    let site = Site::start().await;
    let mut body = user("ann");
    body["active"] = json!(false);
    assert_eq!(site.send("POST", "/scim/v2/Users", &body).await.body()["active"], false);
    assert!(site.service.create_user_token("ann", "x", Scope::Check, None).await.is_err());
}

#[tokio::test]
async fn e2_3_e2_4_threat_s22_tokens_die_with_each_kind_of_deactivation_and_stay_dead() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await;
    let path = format!("/scim/v2/Users/{id}");
    let mut put = user("ann");
    put["active"] = json!(false);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PATCH", "path": format!("/Users/{id}"), "data": active(json!(false))}],
    });
    let no_path = patch(&json!([{"op": "Replace", "value": {"active": false}}]));
    for (method, url, body) in [
        ("PATCH", path.as_str(), active(json!(false))),
        ("PATCH", &path, active(json!("False"))),
        ("PATCH", &path, no_path),
        ("PUT", &path, put),
        ("POST", "/scim/v2/Bulk", bulk),
        ("API", &path, json!({"active": false})),
    ] {
        let token = token_of(&site, "ann").await;
        assert_eq!(ask(&site, &token, "/users/ann").await.status, 200);
        let answer = match method {
            "API" => admin.send("PATCH", "/users/ann", &body).await,
            _ => site.send(method, url, &body).await,
        };
        assert!(answer.status.is_success(), "{method}: {}", answer.text);
        ask(&site, &token, "/users/ann").await.problem(401);
        assert_eq!(site.get(&path).await.body()["active"], false, "{method}: she stays visible");
        assert!(site.send("PATCH", &path, &active(json!(true))).await.status.is_success());
        ask(&site, &token, "/users/ann").await.problem(401);
    }
    assert_eq!(admin.listed("/api-tokens", "tokens", "label").await, ["admin"]);
}

#[tokio::test]
async fn e2_4_grants_are_in_force_again_after_reactivation() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    site.user("ann").await;
    site.service.grant("acme", "ann", Role::Writer).await.unwrap();
    for (on, role) in [(false, Value::Null), (true, json!("writer"))] {
        let changed = admin.send("PATCH", "/users/ann", &json!({"active": on})).await;
        assert_eq!((changed.status.as_u16(), &changed.body()["active"]), (200, &json!(on)));
        assert_eq!(admin.get("/check?user=ann&organization=acme").await.body()["role"], role);
    }
}

#[tokio::test]
async fn e2_5_threat_s23_nothing_survives_deletion_and_the_next_of_the_name_gets_nothing() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for over_scim in [true, false] {
        let id = site.user("ann").await;
        site.service.grant("acme", "ann", Role::Writer).await.unwrap();
        site.service.grant_admin(&id).await.unwrap();
        site.service
            .create_admin(&NewLocalUser { name: format!("root{over_scim}"), email: None })
            .await
            .unwrap();
        let token = token_of(&site, &id).await;
        let gone = match over_scim {
            true => reply(site.scim("DELETE", &format!("/scim/v2/Users/{id}"))).await,
            false => admin.delete(&format!("/users/{id}")).await,
        };
        assert_eq!(gone.status, 204, "{}", gone.text);
        ask(&site, &token, "/users/ann").await.problem(401);
        site.get(&format!("/scim/v2/Users/{id}")).await.scim_error(404, None);
        let next = site.user("ann").await;
        assert_ne!(next, id);
        let may = admin.get(&format!("/check?user={next}&organization=acme")).await.body();
        assert_eq!(may["allowed"], false);
        let admins = admin.get("/admins").await.text;
        assert!(!admins.contains(&next) && !admins.contains(&id), "{admins}");
        let handle = admin.get(&format!("/users/{next}")).await.body()["handle"].clone();
        assert_ne!(handle, "ann", "the handle is not free again");
        assert_eq!(admin.delete(&format!("/users/{next}")).await.status, 204);
    }
}

#[tokio::test]
async fn e2_2_an_admin_changes_a_handle_and_nobody_else_gets_the_old_one() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await;
    site.user("bob").await;
    let set =
        async |handle: &str| admin.send("PATCH", &format!("/users/{id}"), &json!({"handle": handle})).await;
    assert_eq!(set("annie").await.body()["handle"], "annie");
    for taken in ["bob", "acme"] {
        set(taken).await.problem(409);
    }
    for bad in ["root", "Ann", "1ann"] {
        set(bad).await.problem(400);
    }
    let bob = admin.send("PATCH", "/users/bob", &json!({"handle": "ann"})).await;
    bob.problem(409);
    assert_eq!(set("ann").await.body()["handle"], "ann", "her own old handle");
    let stale = site.bare("PATCH", &format!("/api/v1/users/{id}")).bearer_auth(&admin.token);
    reply(stale.header("if-match", "W/\"1\"").json(&json!({"handle": "anna"}))).await.problem(412);
}

#[tokio::test]
async fn e2_7_e2_9_threat_s2_s3_local_people_and_bots_are_outside_scim() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let new = json!({"name": "grace", "email": "grace@example.com"});
    let made = admin.send("POST", "/admins", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!(
        (&made["kind"], &made["handle"], made.get("directory")),
        (&json!("local"), &json!("grace"), None)
    );
    let bot = admin.send("POST", "/bots", &json!({"name": "deployer"})).await.body();
    assert_eq!(bot["kind"], "bot");
    for local in [&made, &bot] {
        let id = local["id"].as_str().unwrap();
        let path = format!("/scim/v2/Users/{id}");
        site.get(&path).await.scim_error(404, None);
        site.send("PATCH", &path, &active(json!(false))).await.scim_error(404, None);
        site.send("PUT", &path, &user("x")).await.scim_error(404, None);
        reply(site.scim("DELETE", &path)).await.scim_error(404, None);
        let group = json!({
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"], "displayName": "G", "members": [{"value": id}],
        });
        site.send("POST", "/scim/v2/Groups", &group).await.scim_error(400, Some("invalidValue"));
        assert_eq!(admin.get(&format!("/users/{id}")).await.body()["active"], true);
    }
    assert_eq!(site.get("/scim/v2/Users").await.body()["totalResults"], 0);
    assert_eq!(admin.get("/directories/default/users").await.body(), json!({"users": []}));
    assert_eq!(admin.listed("/directories", "directories", "name").await, ["default"]);
    for home in ["00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000002"] {
        admin.get(&format!("/directories/{home}")).await.problem(404);
        let token = json!({"label": "x"});
        admin.send("POST", &format!("/directories/{home}/tokens"), &token).await.problem(404);
        let mapping = json!({"group": "G", "organization": "acme", "directory": home});
        admin.send("POST", "/mappings", &mapping).await.problem(404);
    }
    // The same userName and e-mail over SCIM make another user.
    let mut twin = user("grace");
    twin["emails"] = json!([{"value": "grace@example.com"}]);
    let twin = site.send("POST", "/scim/v2/Users", &twin).await;
    assert_eq!(twin.status, 201, "{}", twin.text);
    assert_ne!(twin.body()["id"], made["id"]);
    admin.send("POST", "/admins", &json!({"name": "GRACE"})).await.problem(409);
    // A bot holds grants, and is no server admin.
    let given = admin.send("PUT", "/organizations/acme/grants/deployer", &json!({"role": "writer"})).await;
    assert_eq!(given.status, 201, "{}", given.text);
    assert_eq!(admin.get("/check?user=deployer&organization=acme").await.body()["role"], "writer");
    let detail = admin.send("PUT", "/admins/deployer", &json!({})).await.problem(409);
    assert!(detail.contains("bot"), "{detail}");
    assert!(site.service.verify().await.unwrap().findings.is_empty());
    assert_eq!(admin.listed("/bots", "bots", "userName").await, ["deployer"]);
    assert_eq!(admin.delete("/bots/deployer").await.status, 204);
    admin.delete("/bots/deployer").await.problem(404);
    admin.delete(&format!("/bots/{}", made["id"].as_str().unwrap())).await.problem(404);
}

#[tokio::test]
async fn e5_2_a_token_of_a_user_asks_about_its_user_and_that_of_a_server_admin_administers() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for name in ["ann", "bob"] {
        site.user(name).await;
        site.service.grant("acme", name, Role::Member).await.unwrap();
    }
    let new = json!({"label": "laptop", "scope": "read", "user": "ann"});
    let made = admin.send("POST", "/api-tokens", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let ann = Caller { site: &site, token: made.body()["token"].as_str().unwrap().to_owned() };
    for (path, status) in [
        ("/check?user=ann&organization=acme", 200),
        ("/explain?user=ann&organization=acme", 200),
        ("/users/ann", 200),
        ("/check?user=bob&organization=acme", 403),
        ("/check?user=nobody&organization=acme", 403),
        ("/explain?user=bob&organization=acme", 403),
        ("/users/bob", 403),
        ("/organizations", 403),
        ("/organizations/acme/members", 403),
        ("/api-tokens", 403),
        ("/admins", 403),
    ] {
        assert_eq!(ann.get(path).await.status, status, "{path}");
    }
    ann.send("PATCH", "/users/ann", &json!({"active": true})).await.problem(403);
    let wide = json!({"label": "x", "scope": "admin", "user": "ann"});
    admin.send("POST", "/api-tokens", &wide).await.problem(400);
    assert_eq!(admin.send("PUT", "/admins/ann", &json!({})).await.status, 200);
    let made = admin.send("POST", "/api-tokens", &wide).await.body();
    let boss = Caller { site: &site, token: made["token"].as_str().unwrap().to_owned() };
    assert_eq!(boss.send("POST", "/organizations", &json!({"name": "beta"})).await.status, 201);
    let newest = site.service.audit_entries(enroll_service::AuditQuery::default(), 1).await.unwrap();
    assert_eq!((newest[0].entry.actor_kind.as_str(), newest[0].entry.actor.as_str()), ("user", "ann"));
    assert_eq!(ann.get("/organizations").await.status, 200);
    // What only a server admin may do ends with being one.
    admin.send("POST", "/admins", &json!({"name": "grace"})).await;
    assert_eq!(admin.delete("/admins/ann").await.status, 204);
    boss.get("/organizations").await.problem(401);
    ann.get("/organizations").await.problem(403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn reliability_r14_no_request_begun_after_a_deactivation_is_let_in() {
    let site = Arc::new(Site::start().await);
    let beside = Arc::new(site.beside().await);
    let id = site.user("ann").await;
    for round in 0..5 {
        let token = token_of(&site, "ann").await;
        let off = Arc::new(AtomicBool::new(false));
        let mut callers = Vec::new();
        for number in 0..16 {
            let (site, token, off) =
                (Arc::clone(if number % 2 == 0 { &site } else { &beside }), token.clone(), Arc::clone(&off));
            callers.push(tokio::spawn(async move {
                let (mut before, mut late) = (0, 0);
                loop {
                    let begun_after = off.load(Ordering::SeqCst);
                    let status = ask(&site, &token, "/users/ann").await.status;
                    assert!(status == 200 || status == 401, "{status}");
                    before += u32::from(!begun_after && status == 200);
                    late += u32::from(begun_after && status == 200);
                    if begun_after {
                        return (before, late);
                    }
                }
            }));
        }
        tokio::time::sleep(std::time::Duration::from_millis(30)).await;
        let answer = site.send("PATCH", &format!("/scim/v2/Users/{id}"), &active(json!(false))).await;
        assert!(answer.status.is_success());
        off.store(true, Ordering::SeqCst);
        let mut used = 0;
        for caller in callers {
            let (before, late) = caller.await.unwrap();
            assert_eq!(late, 0, "round {round}");
            used += before;
        }
        assert!(used > 0, "the token was used before");
        assert!(
            site.send("PATCH", &format!("/scim/v2/Users/{id}"), &active(json!(true)))
                .await
                .status
                .is_success()
        );
    }
}
