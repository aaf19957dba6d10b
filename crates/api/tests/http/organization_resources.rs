//! `/api/v1/organizations/{organization}/resources`: enrollment.md §1.6, §3.1, §3.2, §6.1.

use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, patch, reply};

const WEB: &str = "/organizations/acme/resources/Web";

async fn with_resource(site: &Site) -> Caller<'_> {
    let admin = Caller::admin(site).await;
    let made = admin.send("POST", "/organizations/acme/resources", &json!({"name": "Web"})).await;
    assert_eq!(made.status, 201, "{}", made.text);
    admin
}

/// A group with a user in it.
async fn staff(site: &Site, name: &str, user: &str) -> String {
    let (group, user) = (site.group(name).await, site.user(user).await);
    let add = patch(&json!([{"op": "add", "path": "members", "value": [{"value": user}]}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &add).await.status, 204);
    group
}

async fn check(admin: &Caller<'_>, user: &str) -> Value {
    admin.get(&format!("/check?user={user}&organization=acme&resource=web")).await.body()
}

async fn verified(site: &Site) {
    let report = site.service.verify().await.unwrap();
    assert_eq!(report.findings, []);
}

#[tokio::test]
async fn e1_6_a_resource_is_made_read_listed_changed_and_deleted() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let made = admin.send("POST", "/organizations/acme/resources", &json!({"name": "Web.Site"})).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, Some("W/\"1\"")), "{}", made.text);
    let made = made.body();
    assert_eq!((&made["kind"], &made["visibility"]), (&json!("repository"), &json!("private")));
    assert_eq!((&made["organization"], &made["name"]), (&json!("acme"), &json!("Web.Site")));
    let id = made["id"].as_str().unwrap();
    for name in ["Web.Site", "WEB.SITE", "repository:web.site", id] {
        assert_eq!(admin.get(&format!("/organizations/acme/resources/{name}")).await.body(), made, "{name}");
    }
    for (name, kind) in [("web.site", "board"), ("api", "repository")] {
        let new = json!({"name": name, "kind": kind, "visibility": "public"});
        assert_eq!(admin.send("POST", "/organizations/acme/resources", &new).await.status, 201);
    }
    let names = admin.listed("/organizations/acme/resources", "resources", "name").await;
    assert_eq!(names, ["Web.Site", "web.site", "api"]);
    let detail = admin.get("/organizations/acme/resources/web.site").await.problem(409);
    assert!(detail.contains("repository:Web.Site") && detail.contains("board:web.site"), "{detail}");

    let path = format!("/organizations/acme/resources/{id}");
    for _ in 0..2 {
        let changed = admin.send("PATCH", &path, &json!({"visibility": "public"})).await;
        assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, Some("W/\"2\"")));
        assert_eq!(changed.body()["visibility"], "public");
    }
    let detail = admin.send("PATCH", &path, &json!({"kind": "Board"})).await.problem(409);
    assert!(detail.contains("board"), "{detail}");
    let stale = site.bare("DELETE", &format!("/api/v1{path}")).bearer_auth(&admin.token);
    reply(stale.header("if-match", "W/\"1\"")).await.problem(412);
    assert_eq!(admin.delete(&path).await.status, 204);
    admin.delete(&path).await.problem(404);
    admin.delete("/organizations/acme").await.problem(409);
}

#[tokio::test]
async fn e1_6_names_and_kinds_that_do_not_fit_are_refused_with_the_rule() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    for (body, said) in [
        (json!({"name": ""}), "1 to 100"),
        (json!({"name": "x".repeat(101)}), "1 to 100"),
        (json!({"name": "a/b"}), "not allowed"),
        (json!({"name": ".."}), "other than"),
        (json!({"name": "a", "kind": ""}), "1 to 50"),
        (json!({"name": "a", "kind": "x".repeat(51)}), "1 to 50"),
        (json!({"name": "a", "kind": "a:b"}), "not allowed"),
        (json!({"name": "a", "visibility": "secret"}), "private, public"),
        (json!({"name": "a", "owner": "ann"}), "owner"),
    ] {
        let detail = admin.send("POST", "/organizations/acme/resources", &body).await.problem(400);
        assert!(detail.contains(said), "{body}: {detail}");
    }
    admin.send("POST", "/organizations/acme/resources", &json!({"name": "WEB"})).await.problem(409);
    admin.send("POST", "/organizations/none/resources", &json!({"name": "a"})).await.problem(404);
    admin.send("PATCH", WEB, &json!({"name": "other"})).await.problem(400);
    admin.get("/organizations/acme/resources/none").await.problem(404);
}

#[tokio::test]
async fn threat_s5_a_resource_is_found_in_its_own_organization_alone() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    admin.send("POST", "/organizations", &json!({"name": "beta"})).await;
    let id = admin.get(WEB).await.body()["id"].as_str().unwrap().to_owned();
    for path in
        [format!("/organizations/beta/resources/{id}"), "/organizations/beta/resources/Web".to_owned()]
    {
        admin.get(&path).await.problem(404);
        admin.delete(&path).await.problem(404);
        admin.get(&format!("{path}/members")).await.problem(404);
        admin.get(&format!("{path}/grants")).await.problem(404);
    }
}

#[tokio::test]
async fn e3_1_a_role_on_the_organization_implies_one_on_its_resources() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    site.user("ann").await;
    admin.send("PATCH", "/organizations/acme", &json!({"baseResourceRole": "limited-write"})).await;
    assert_eq!(check(&admin, "ann").await["allowed"], false);
    for (role, implied) in
        [("member", "limited-write"), ("writer", "write"), ("admin", "admin"), ("owner", "owner")]
    {
        admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": role})).await;
        let answer = check(&admin, "ann").await;
        assert_eq!((&answer["allowed"], &answer["role"]), (&json!(true), &json!(implied)));
        let why = admin.get("/explain?user=ann&organization=acme&resource=Web").await.body();
        assert_eq!((&why["resource"], &why["role"]), (&json!("Web"), &json!(implied)));
        let source =
            json!({"kind": "organization", "role": implied, "via": {"kind": "direct", "role": role}});
        assert_eq!(why["sources"].as_array().unwrap().len(), 1);
        for member in ["kind", "role", "via"] {
            assert_eq!(why["sources"][0][member], source[member]);
        }
        let members = admin.get(&format!("{WEB}/members")).await.body();
        assert_eq!(members["members"][0]["sources"], json!([source]));
        verified(&site).await;
    }
    // In force at once. Somebody else owns it from now on, so that ann need not (2.8).
    site.user("zoe").await;
    admin.send("PUT", "/organizations/acme/grants/zoe", &json!({"role": "owner"})).await;
    admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "member"})).await;
    admin.send("PATCH", "/organizations/acme", &json!({"baseResourceRole": "read"})).await;
    assert_eq!(check(&admin, "ann").await["role"], "read");
}

#[tokio::test]
async fn e3_2_a_mapping_to_a_resource_gives_read_unless_it_is_said_and_never_owner() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    staff(&site, "Staff", "ann").await;
    let new = json!({"group": "staff", "organization": "acme", "resource": "web"});
    let made = admin.send("POST", "/mappings", &new).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let made = made.body();
    assert_eq!(
        (&made["role"], &made["resource"], &made["state"]),
        (&json!("read"), &json!("Web"), &json!("active"))
    );
    assert_eq!(check(&admin, "ann").await["role"], "read");
    assert_eq!(admin.get("/check?user=ann&organization=acme").await.body()["allowed"], false);
    let path = format!("/mappings/{}", made["id"].as_str().unwrap());
    for (change, said) in [
        (json!({"role": "owner", "allowPrivileged": true}), "never gives"),
        (json!({"role": "admin"}), "allowPrivileged"),
        (json!({"role": "writer"}), "limited-write"),
    ] {
        let detail = admin.send("PATCH", &path, &change).await.problem(400);
        assert!(detail.contains(said), "{change}: {detail}");
    }
    let role = json!({"role": "admin", "allowPrivileged": true});
    assert_eq!(admin.send("PATCH", &path, &role).await.body()["role"], "admin");
    assert_eq!(check(&admin, "ann").await["role"], "admin");
    admin.send("PATCH", &path, &json!({"paused": true})).await;
    assert_eq!(check(&admin, "ann").await["allowed"], false);
    let why = admin.get("/explain?user=ann&organization=acme&resource=web").await.body();
    assert!(why["withoutEffect"][0].as_str().unwrap().contains("paused"), "{why}");
    admin.send("PATCH", &path, &json!({"paused": false})).await;
    verified(&site).await;

    for (extra, status) in [
        (json!({"role": "owner", "allowPrivileged": true}), 400),
        (json!({"role": "admin"}), 400),
        (json!({"role": "member"}), 400),
        (json!({"resource": "none"}), 404),
        (json!({}), 409),
    ] {
        let mut body = new.clone();
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        admin.send("POST", "/mappings", &body).await.problem(status);
    }
    // Many to many: the same group to the organization, another group to the resource.
    let more = json!({"group": "staff", "organization": "acme"});
    assert_eq!(admin.send("POST", "/mappings", &more).await.status, 201);
    let other = json!({"group": "Later", "organization": "acme", "resource": "web", "role": "write"});
    assert_eq!(admin.send("POST", "/mappings", &other).await.body()["state"], "waiting");
    let groups = async |query: &str| admin.listed(&format!("/mappings{query}"), "mappings", "group").await;
    assert_eq!(groups("").await, ["Staff", "Staff", "Later"]);
    assert_eq!(groups("?organization=acme").await, ["Staff"]);
    assert_eq!(groups("?organization=acme&resource=web").await, ["Staff", "Later"]);
    assert_eq!(groups("?directory=default").await.len(), 3);
    admin.get("/mappings?resource=web").await.problem(400);
    admin.delete(WEB).await.problem(409);
}

#[tokio::test]
async fn e3_7_a_mapping_to_a_resource_follows_its_group() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    let new = json!({"group": "Staff", "organization": "acme", "resource": "web"});
    let made = admin.send("POST", "/mappings", &new).await.body();
    let path = format!("/mappings/{}", made["id"].as_str().unwrap());
    let group = staff(&site, "staff", "ann").await;
    assert_eq!(check(&admin, "ann").await["allowed"], true);
    let rename = patch(&json!([{"op": "replace", "path": "displayName", "value": "People"}]));
    assert!(site.send("PATCH", &format!("/scim/v2/Groups/{group}"), &rename).await.status.is_success());
    assert_eq!(admin.get(&path).await.body()["group"], "People");
    reply(site.scim("DELETE", &format!("/scim/v2/Groups/{group}"))).await;
    assert_eq!(admin.get(&path).await.body()["state"], "lost");
    assert_eq!(check(&admin, "ann").await["allowed"], false);
    let again = site.group("People").await;
    let bound = admin.send("POST", &format!("{path}/rebind"), &json!({})).await.body();
    assert_eq!(bound["groupId"], json!(again));
    assert_eq!(admin.delete(&path).await.status, 204);
    verified(&site).await;
}

#[tokio::test]
async fn e1_8_e3_3_a_direct_grant_on_a_resource_stands_beside_all_else() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    let id = site.user("ann").await;
    let path = format!("{WEB}/grants/ann");
    admin.get(&path).await.problem(404);
    let given = admin.send("PUT", &path, &json!({"role": "owner"})).await;
    assert_eq!(given.status, 201, "{}", given.text);
    assert_eq!((&given.body()["user"]["id"], &given.body()["resource"]), (&json!(id), &json!("Web")));
    assert_eq!(admin.get(&path).await.body(), given.body());
    admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "writer"})).await;
    let why = admin.get("/explain?user=ann&organization=acme&resource=web").await.body();
    let kinds: Vec<_> =
        why["sources"].as_array().unwrap().iter().map(|source| source["kind"].clone()).collect();
    assert_eq!((&why["role"], kinds), (&json!("owner"), vec![json!("direct"), json!("organization")]));
    assert_eq!(admin.send("PUT", &path, &json!({"role": "read"})).await.status, 200);
    assert_eq!(check(&admin, "ann").await["role"], "write", "the organization gives more");
    assert_eq!(admin.listed(&format!("{WEB}/grants"), "grants", "role").await, ["read"]);
    admin.send("PUT", &path, &json!({"role": "writer"})).await.problem(400);
    admin.delete(WEB).await.problem(409);
    assert_eq!(admin.delete(&path).await.status, 204);
    admin.delete(&path).await.problem(404);
    assert_eq!(check(&admin, "ann").await["role"], "write", "no source removes another's");
}

#[tokio::test]
async fn e1_6_a_public_resource_is_read_by_every_active_user_and_lists_none_of_them() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    let id = site.user("ann").await;
    admin.send("PATCH", WEB, &json!({"visibility": "public"})).await;
    let answer = check(&admin, "ann").await;
    assert_eq!((&answer["allowed"], &answer["role"]), (&json!(true), &json!("read")));
    assert!(answer["reason"].as_str().unwrap().contains("public"));
    assert_eq!(admin.get(&format!("{WEB}/members")).await.body(), json!({"members": []}));
    verified(&site).await;
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    site.send("PATCH", &format!("/scim/v2/Users/{id}"), &off).await;
    assert_eq!(check(&admin, "ann").await["allowed"], false);
    verified(&site).await;
}

#[tokio::test]
async fn e6_1_check_asks_for_the_least_role_that_is_enough() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    site.user("ann").await;
    admin.send("PUT", "/organizations/acme/grants/ann", &json!({"role": "writer"})).await;
    for (query, allowed) in [
        ("role=member", true),
        ("role=writer", true),
        ("role=admin", false),
        ("resource=web&role=read", true),
        ("resource=web&role=write", true),
        ("resource=web&role=admin", false),
    ] {
        let answer = admin.get(&format!("/check?user=ann&organization=acme&{query}")).await.body();
        assert_eq!(answer["allowed"], allowed, "{query}: {answer}");
        assert!(answer["role"].is_string(), "the role is told either way");
        assert_eq!(answer["reason"].as_str().unwrap().contains("less than"), !allowed, "{answer}");
    }
    for (query, status) in [
        ("role=read", 400),
        ("role=boss", 400),
        ("resource=web&role=writer", 400),
        ("resource=", 400),
        ("resource=none", 404),
    ] {
        admin.get(&format!("/check?user=ann&organization=acme&{query}")).await.problem(status);
    }
}

#[tokio::test]
async fn e6_1_what_a_user_may_reach_is_what_check_allows() {
    let site = Site::start().await;
    let admin = with_resource(&site).await;
    staff(&site, "Staff", "ann").await;
    for name in ["beta", "gamma", "delta"] {
        admin.send("POST", "/organizations", &json!({"name": name})).await;
        for resource in ["one", "two"] {
            let visibility = if (name, resource) == ("delta", "two") { "public" } else { "private" };
            let new = json!({"name": resource, "visibility": visibility});
            admin.send("POST", &format!("/organizations/{name}/resources"), &new).await;
        }
    }
    admin.send("POST", "/mappings", &json!({"group": "Staff", "organization": "acme"})).await;
    admin.send("PUT", "/organizations/beta/grants/ann", &json!({"role": "admin"})).await;
    let mapped = json!({"group": "Staff", "organization": "gamma", "resource": "two", "role": "write"});
    admin.send("POST", "/mappings", &mapped).await;
    admin.send("PUT", "/organizations/delta/resources/one/grants/ann", &json!({"role": "owner"})).await;

    let mut found = Vec::new();
    let mut after = String::new();
    loop {
        let page = admin.get(&format!("/users/ann/access?limit=2{after}")).await.body();
        for entry in page["access"].as_array().unwrap() {
            let resource = entry.get("resource").map_or("", |name| name.as_str().unwrap());
            let organization = entry["organization"].as_str().unwrap();
            found.push((
                organization.to_owned(),
                resource.to_owned(),
                entry["role"].as_str().unwrap().to_owned(),
            ));
            assert!(!entry["sources"].as_array().unwrap().is_empty());
        }
        match page.get("next").and_then(Value::as_str) {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let mut expected = Vec::new();
    for organization in ["acme", "beta", "gamma", "delta"] {
        let answer = admin.get(&format!("/check?user=ann&organization={organization}")).await.body();
        expected.extend(
            answer["role"].as_str().map(|role| (organization.to_owned(), String::new(), role.to_owned())),
        );
    }
    for (organization, resource) in [
        ("acme", "Web"),
        ("beta", "one"),
        ("beta", "two"),
        ("gamma", "one"),
        ("gamma", "two"),
        ("delta", "one"),
        ("delta", "two"),
    ] {
        let query = format!("/check?user=ann&organization={organization}&resource={resource}");
        let answer = admin.get(&query).await.body();
        let role = answer["role"].as_str();
        expected.extend(role.map(|role| (organization.to_owned(), resource.to_owned(), role.to_owned())));
    }
    assert_eq!(found, expected);
    assert_eq!(found.len(), 2 + 6);
    admin.get("/users/ann/access?after=x").await.problem(400);
    admin.get("/users/none/access").await.problem(404);
    verified(&site).await;
}
