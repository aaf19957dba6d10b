//! What is done to people outside directories, to admins, and to the brake.

use enroll_domain::audit::Actor;
use enroll_domain::{Role, Scope};
use enroll_service::{BrakeLimits, NewLocalUser, UserChange};
use serde_json::json;

use super::Trail;
use crate::site::Site;

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
