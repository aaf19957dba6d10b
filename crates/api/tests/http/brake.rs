//! The brake (enrollment.md 3.9; threat S24).

use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{BrakeLimits, NewMapping, NewResource, NewResourceMapping};
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::life::active;
use crate::site::{Reply, Site, patch, reply, user};

async fn braked(people: u32) -> (Site, Vec<String>) {
    let site = Site::start().await;
    let mut ids = Vec::new();
    for number in 0..8 {
        ids.push(site.user(&format!("user{number}")).await);
    }
    let limits = BrakeLimits { people, percent: 0, window_minutes: 60 };
    site.service.set_brake("default", Some(limits)).await.unwrap();
    (site, ids)
}

async fn deactivate(site: &Site, id: &str) -> Reply {
    site.send("PATCH", &format!("/scim/v2/Users/{id}"), &active(json!("False"))).await
}

#[tokio::test]
async fn e3_9_threat_s24_refused_then_approved_then_the_retry_passes() {
    let (site, ids) = braked(2).await;
    let admin = Caller::admin(&site).await;
    assert_eq!(admin.get("/directories/default/brake").await.body()["state"], "on");
    admin.send("POST", "/directories/default/brake/approve", &json!({})).await.problem(409);
    for id in &ids[..2] {
        assert_eq!(deactivate(&site, id).await.status, 200);
        assert_eq!(deactivate(&site, id).await.status, 200, "the same person once more counts once");
    }
    for _ in 0..2 {
        let held = deactivate(&site, &ids[2]).await;
        let detail = held.scim_error(429, None);
        assert!(detail.contains("brake") && detail.contains("enroll directory brake approve"), "{detail}");
        assert!(held.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    }
    assert_eq!(site.get(&format!("/scim/v2/Users/{}", ids[2])).await.body()["active"], true);
    let shown = admin.get("/directories/default/brake").await.body();
    assert_eq!(shown["state"], "held");
    assert!(shown["heldRequest"].as_str().unwrap().contains("3 people or more"), "{shown}");
    let told = site.service.audit_entries(Default::default(), 3).await.unwrap();
    assert_eq!(told.iter().filter(|found| found.entry.action == "brake.held").count(), 1, "told once");
    // Who comes, and what takes nobody's access, passes meanwhile.
    assert_eq!(site.send("POST", "/scim/v2/Users", &user("new")).await.status, 201);
    let approved = admin.send("POST", "/directories/default/brake/approve", &json!({})).await;
    assert_eq!((approved.status.as_u16(), &approved.body()["state"]), (200, &json!("approved")));
    for id in &ids[2..] {
        assert_eq!(deactivate(&site, id).await.status, 200);
    }
    assert_eq!(admin.delete("/directories/default/brake").await.body()["state"], "off");
}

#[tokio::test]
async fn e3_9_deletions_and_each_operation_of_a_bulk_request_are_held() {
    let (site, ids) = braked(2).await;
    let mut operations: Vec<Value> =
        ids.iter().map(|id| json!({"method": "DELETE", "path": format!("/Users/{id}")})).collect();
    operations.push(json!({"method": "POST", "path": "/Users", "bulkId": "new", "data": user("new")}));
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"], "Operations": operations,
    });
    let done = site.send("POST", "/scim/v2/Bulk", &bulk).await.body();
    let statuses: Vec<&str> =
        done["Operations"].as_array().unwrap().iter().map(|done| done["status"].as_str().unwrap()).collect();
    assert_eq!(statuses, ["204", "204", "429", "429", "429", "429", "429", "429", "201"]);
    assert!(done["Operations"][2]["response"]["detail"].as_str().unwrap().contains("brake"), "{done}");
    reply(site.scim("DELETE", &format!("/scim/v2/Users/{}", ids[4]))).await.scim_error(429, None);
    // An administrator is not held.
    let admin = Caller::admin(&site).await;
    assert_eq!(admin.delete(&format!("/users/{}", ids[5])).await.status, 204);
}

#[tokio::test]
async fn e3_9_threat_s24_members_of_a_mapped_group_count_all_and_those_of_others_do_not() {
    for way in ["remove", "replace", "put", "delete", "inner"] {
        let (site, ids) = braked(3).await;
        let members: Vec<Value> = ids[..6].iter().map(|id| json!({"value": id})).collect();
        let mut group = crate::site::group("Staff");
        group["members"] = json!(members);
        let made = site.send("POST", "/scim/v2/Groups", &group).await.body();
        let path = format!("/scim/v2/Groups/{}", made["id"].as_str().unwrap());
        let send = async || match way {
            "remove" => {
                site.send("PATCH", &path, &patch(&json!([{"op": "remove", "path": "members"}]))).await
            }
            "replace" => {
                let one = json!([{"value": ids[0]}]);
                let replace = json!([{"op": "replace", "path": "members", "value": one}]);
                site.send("PATCH", &path, &patch(&replace)).await
            }
            "put" => {
                let mut empty = crate::site::group("Staff");
                empty["members"] = json!([]);
                site.send("PUT", &path, &empty).await
            }
            _ => reply(site.scim("DELETE", &path)).await,
        };
        let group = if way == "inner" {
            let mut outer = crate::site::group("Outer");
            outer["members"] = json!([{"value": made["id"]}]);
            assert_eq!(site.send("POST", "/scim/v2/Groups", &outer).await.status, 201);
            "Outer"
        } else {
            "Staff"
        };
        let mapping = NewMapping {
            directory: "default".to_owned(),
            group: group.to_owned(),
            organization: "acme".to_owned(),
            role: None,
            allow_privileged: AllowPrivileged::No,
            paused: false,
        };
        let mapping = site.service.add_mapping(&mapping).await.unwrap().id.to_string();
        let held = send().await;
        held.scim_error(429, None);
        assert_eq!(site.get(&path).await.body()["members"].as_array().unwrap().len(), 6, "{way}: whole");
        // Without a mapping nobody has access to lose.
        site.service.remove_mapping(&mapping).await.unwrap();
        assert!(send().await.status.is_success(), "{way}");
    }
}

#[tokio::test]
async fn e3_9_members_of_a_group_that_is_mapped_to_a_resource_alone_count_too() {
    let (site, ids) = braked(3).await;
    let members: Vec<Value> = ids[..6].iter().map(|id| json!({"value": id})).collect();
    let mut group = crate::site::group("Staff");
    group["members"] = json!(members);
    let made = site.send("POST", "/scim/v2/Groups", &group).await.body();
    let new = NewResource { name: "tool".to_owned(), ..NewResource::default() };
    site.service.create_resource("acme", &new).await.unwrap();
    let mapping = NewResourceMapping {
        directory: "default".to_owned(),
        group: "Staff".to_owned(),
        organization: "acme".to_owned(),
        resource: "tool".to_owned(),
        role: None,
        allow_privileged: AllowPrivileged::No,
        paused: false,
    };
    site.service.add_resource_mapping(&mapping).await.unwrap();
    let path = format!("/scim/v2/Groups/{}", made["id"].as_str().unwrap());
    let remove = patch(&json!([{"op": "remove", "path": "members"}]));
    site.send("PATCH", &path, &remove).await.scim_error(429, None);
}

#[tokio::test]
async fn e3_9_the_larger_of_people_and_percent_is_the_limit_and_limits_have_bounds() {
    let (site, ids) = braked(1).await;
    let admin = Caller::admin(&site).await;
    let path = "/directories/default/brake";
    for bad in [
        json!({"people": 0, "percent": 20, "windowMinutes": 60}),
        json!({"people": 1, "percent": 101, "windowMinutes": 60}),
        json!({"people": 1, "percent": 20, "windowMinutes": 0}),
        json!({"people": 1, "percent": 20, "windowMinutes": 10_081}),
        json!({"people": 1, "percent": 20}),
    ] {
        admin.send("PUT", path, &bad).await.problem(400);
    }
    let set = admin.send("PUT", path, &json!({"people": 1, "percent": 50, "windowMinutes": 60})).await;
    assert_eq!((set.status.as_u16(), &set.body()["limits"]["percent"]), (200, &json!(50)));
    for id in &ids[..4] {
        assert_eq!(deactivate(&site, id).await.status, 200);
    }
    assert_eq!(deactivate(&site, &ids[4]).await.status, 429);
}

#[tokio::test]
async fn e3_9_a_paused_directory_takes_no_changes_and_reads_go_on() {
    let (site, ids) = braked(20).await;
    let admin = Caller::admin(&site).await;
    let paused = admin.send("POST", "/directories/default/pause", &json!({})).await;
    assert_eq!((paused.status.as_u16(), &paused.body()["state"]), (200, &json!("paused")));
    let path = format!("/scim/v2/Users/{}", ids[0]);
    for answer in [
        site.send("POST", "/scim/v2/Users", &user("new")).await,
        site.send("PATCH", &path, &active(json!(true))).await,
        site.send("PUT", &path, &user("user0")).await,
        reply(site.scim("DELETE", &path)).await,
    ] {
        let detail = answer.scim_error(503, None);
        assert!(detail.contains("enroll directory resume default"), "{detail}");
        assert_eq!(answer.header("retry-after"), Some("1800"));
    }
    assert_eq!(site.get(&path).await.status, 200);
    assert_eq!(site.get("/scim/v2/Users?filter=userName%20eq%20%22user0%22").await.status, 200);
    assert_eq!(admin.send("POST", "/directories/default/resume", &json!({})).await.body()["state"], "on");
    assert_eq!(deactivate(&site, &ids[0]).await.status, 200);
}
