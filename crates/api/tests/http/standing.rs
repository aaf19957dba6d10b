//! The last server admin, the last owner, and whom a writer cannot reach at all (enrollment.md 2.8; threats S19, S21).

use enroll_domain::privilege::AllowPrivileged;
use enroll_domain::{Role, Scope};
use enroll_service::{Error, NewLocalUser, NewMapping, UserChange};
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::life::active;
use crate::site::{Site, patch, reply, user};

/// Tries to deactivate or delete a user by one route; gives the status that the route tells.
async fn remove_by(site: &Site, writer: &str, id: &str) -> u16 {
    let path = format!("/scim/v2/Users/{id}");
    let mut put = user("someone");
    put["active"] = json!(false);
    let bulk = |operation: Value| {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": [operation],
        })
    };
    let bulk_path = format!("/Users/{id}");
    let in_bulk = async |operation: Value| {
        let answer = site.send("POST", "/scim/v2/Bulk", &bulk(operation)).await.body();
        answer["Operations"][0]["status"].as_str().unwrap().parse().unwrap()
    };
    let off = UserChange { active: Some(false), handle: None };
    let of_service = |done: Result<(), Error>| done.map_or_else(|error| error.status(), |()| 204);
    match writer {
        "SCIM PATCH" => site.send("PATCH", &path, &active(json!(false))).await.status.as_u16(),
        "SCIM PUT" => site.send("PUT", &path, &put).await.status.as_u16(),
        "SCIM DELETE" => reply(site.scim("DELETE", &path)).await.status.as_u16(),
        "Bulk PATCH" => {
            in_bulk(json!({"method": "PATCH", "path": bulk_path, "data": active(json!(false))})).await
        }
        "Bulk PUT" => in_bulk(json!({"method": "PUT", "path": bulk_path, "data": put})).await,
        "Bulk DELETE" => in_bulk(json!({"method": "DELETE", "path": bulk_path})).await,
        "API PATCH" => {
            let admin = Caller::admin(site).await;
            admin.send("PATCH", &format!("/users/{id}"), &json!({"active": false})).await.status.as_u16()
        }
        "API DELETE" => Caller::admin(site).await.delete(&format!("/users/{id}")).await.status.as_u16(),
        "CLI deactivate" => of_service(site.service.change_user(id, &off, None).await.map(drop)),
        "CLI delete" => of_service(site.service.delete_user(id, None).await),
        other => panic!("{other}"),
    }
}

const SCIM: [&str; 6] = ["SCIM PATCH", "SCIM PUT", "SCIM DELETE", "Bulk PATCH", "Bulk PUT", "Bulk DELETE"];
const ADMIN: [&str; 4] = ["API PATCH", "API DELETE", "CLI deactivate", "CLI delete"];

#[tokio::test]
async fn e2_8_threat_s19_s21_no_writer_gets_at_what_is_protected() {
    let site = Site::start().await;
    let last_admin = site.user("ann").await;
    site.service.grant_admin("ann").await.unwrap();
    site.service.create_directory("other", &Default::default()).await.unwrap();
    let token = site.service.create_scim_token("other", "x", None).await.unwrap();
    let foreign =
        reply(site.bare("POST", "/scim/v2/Users").bearer_auth(token.reveal()).json(&user("eve"))).await;
    let foreign = foreign.body()["id"].as_str().unwrap().to_owned();
    let bot = NewLocalUser { name: "bot".to_owned(), email: None };
    let bot = site.service.create_bot(&bot).await.unwrap().id.to_string();
    for (what, id, scim) in
        [("last admin", &last_admin, 403), ("foreign user", &foreign, 404), ("bot", &bot, 404)]
    {
        for writer in SCIM {
            assert_eq!(remove_by(&site, writer, id).await, scim, "{writer} on {what}");
        }
    }
    for writer in ADMIN {
        assert_eq!(remove_by(&site, writer, &last_admin).await, 409, "{writer}");
    }
    assert_eq!(site.service.user(&last_admin).await.unwrap().user_name, "ann", "nothing of her has changed");
    assert!(site.service.user(&last_admin).await.unwrap().active);
    // A local admin is the last one after the other has gone.
    let local = NewLocalUser { name: "grace".to_owned(), email: None };
    let local = site.service.create_admin(&local).await.unwrap().id.to_string();
    assert_eq!(remove_by(&site, "SCIM DELETE", &last_admin).await, 204);
    for writer in SCIM {
        assert_eq!(remove_by(&site, writer, &local).await, 404, "{writer} on the local admin");
    }
    for writer in ADMIN {
        assert_eq!(remove_by(&site, writer, &local).await, 409, "{writer} on the local admin");
    }
    let admin = Caller::admin(&site).await;
    admin.delete("/admins/grace").await.problem(409);
    site.service.forcing(true).delete_user(&local, None).await.unwrap();
}

#[tokio::test]
async fn e2_8_threat_s21_the_refusal_says_what_to_do_is_told_and_spares_the_rest_of_a_bulk_request() {
    let site = Site::start().await;
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    site.service.grant_admin("ann").await.unwrap();
    let refused = site.send("PATCH", &format!("/scim/v2/Users/{ann}"), &active(json!(false))).await;
    let detail = refused.scim_error(403, None);
    assert!(detail.contains("enroll admin grant"), "{detail}");
    let newest = site.service.audit_entries(Default::default(), 1).await.unwrap();
    assert_eq!(
        (newest[0].entry.action.as_str(), newest[0].entry.subject.as_str()),
        ("server_admin.protected", "ann")
    );
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [
            {"method": "PATCH", "path": format!("/Users/{ann}"), "data": active(json!(false))},
            {"method": "PATCH", "path": format!("/Users/{bob}"), "data": active(json!(false))},
        ],
    });
    let done = site.send("POST", "/scim/v2/Bulk", &bulk).await.body();
    assert_eq!(
        (&done["Operations"][0]["status"], &done["Operations"][1]["status"]),
        (&json!("403"), &json!("200"))
    );
    // Other changes of her go through, and a deactivated admin does not count.
    let title = patch(&json!([{"op": "replace", "path": "title", "value": "Dr."}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{ann}"), &title).await.status, 200);
    assert!(site.service.grant_admin("bob").await.is_err());
}

fn owners(group: &str) -> NewMapping {
    NewMapping {
        directory: "default".to_owned(),
        group: group.to_owned(),
        organization: "acme".to_owned(),
        role: Some(Role::Owner),
        allow_privileged: AllowPrivileged::Yes,
        paused: false,
    }
}

async fn needs_owner(site: &Site) -> bool {
    site.service.organization("acme").await.unwrap().needs_owner
}

#[tokio::test]
async fn e2_8_over_scim_the_last_owner_goes_and_the_organization_needs_one() {
    let site = Site::start().await;
    let admin = Caller::with(&site, Scope::Read).await;
    let group = site.group("Owners").await;
    let path = format!("/scim/v2/Groups/{group}");
    site.service.add_mapping(&owners("Owners")).await.unwrap();
    assert!(needs_owner(&site).await);
    for way in ["deactivated", "removed", "emptied", "deleted", "group deleted"] {
        let id = site.user(way).await;
        let member = json!([{"value": id}]);
        let add = patch(&json!([{"op": "add", "path": "members", "value": member}]));
        assert!(site.send("PATCH", &path, &add).await.status.is_success());
        assert!(!needs_owner(&site).await, "{way}");
        let user_path = format!("/scim/v2/Users/{id}");
        let answer = match way {
            "deactivated" => site.send("PATCH", &user_path, &active(json!(false))).await,
            "removed" => {
                let remove = json!([{"op": "remove", "path": format!("members[value eq \"{id}\"]")}]);
                site.send("PATCH", &path, &patch(&remove)).await
            }
            "emptied" => {
                let mut empty = crate::site::group("Owners");
                empty["members"] = json!([]);
                site.send("PUT", &path, &empty).await
            }
            "deleted" => reply(site.scim("DELETE", &user_path)).await,
            _ => reply(site.scim("DELETE", &path)).await,
        };
        assert!(answer.status.is_success(), "{way}: {}", answer.text);
        assert!(needs_owner(&site).await, "{way}");
        assert_eq!(admin.get("/organizations/acme").await.body()["needsOwner"], true);
        let newest = site.service.audit_entries(Default::default(), 1).await.unwrap();
        assert_eq!(newest[0].entry.action, "organization.needs_owner", "{way}");
    }
}

#[tokio::test]
async fn e2_8_an_administrator_does_not_take_the_last_owner_by_any_route_without_force() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let id = site.user("ann").await;
    site.service.grant("acme", "ann", Role::Owner).await.unwrap();
    for writer in ADMIN {
        assert_eq!(remove_by(&site, writer, &id).await, 409, "{writer}");
    }
    let grant = "/organizations/acme/grants/ann";
    admin.delete(grant).await.problem(409);
    let detail = admin.send("PUT", grant, &json!({"role": "admin"})).await.problem(409);
    assert!(detail.contains("enroll org grant acme"), "{detail}");
    assert!(!needs_owner(&site).await, "nothing was changed");
    // Another owner, through a nested group, and the grant may go.
    let (outer, inner, bob) = (site.group("Owners").await, site.group("Inner").await, site.user("bob").await);
    let add = |id: &str| patch(&json!([{"op": "add", "path": "members", "value": [{"value": id}]}]));
    assert!(site.send("PATCH", &format!("/scim/v2/Groups/{outer}"), &add(&inner)).await.status.is_success());
    assert!(site.send("PATCH", &format!("/scim/v2/Groups/{inner}"), &add(&bob)).await.status.is_success());
    let mapping = site.service.add_mapping(&owners("Owners")).await.unwrap().id.to_string();
    assert_eq!(admin.delete(grant).await.status, 204);
    let path = format!("/mappings/{mapping}");
    admin.delete(&path).await.problem(409);
    for change in [json!({"paused": true}), json!({"role": "member"})] {
        admin.send("PATCH", &path, &change).await.problem(409);
    }
    assert!(site.service.pause_mapping(&mapping, true).await.is_err());
    site.group("Empty").await;
    admin.send("POST", &format!("{path}/rebind"), &json!({"group": "Empty"})).await.problem(409);
    assert_eq!(remove_by(&site, "API PATCH", &bob).await, 409);
    site.service.forcing(true).remove_mapping(&mapping).await.unwrap();
    assert!(needs_owner(&site).await);
}
