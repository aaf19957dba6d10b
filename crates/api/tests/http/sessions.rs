//! Sessions of users who have signed in: enrollment.md 2.3 to 2.5, 4.4; threats S22, S38, A12; OWASP ASVS 3.3, 7.

use std::time::Duration;

use enroll_api::HttpConfig;
use enroll_domain::{DirectoryId, Role, Scope, UserId};
use enroll_service::{Clock, Error, NewSession, PublicUrl, SessionDetails, SessionLimits};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{PUBLIC_URL, Reply, Site, patch, reply, user};

const START: Timestamp = Timestamp::constant(1_790_000_000, 0);

pub(crate) async fn directory(site: &Site) -> DirectoryId {
    site.service.directories().await.unwrap()[0].id
}

/// Signs a user in, as the last step of a sign-in does.
pub(crate) async fn open(site: &Site, id: &str, details: SessionDetails) -> Result<NewSession, Error> {
    let user: UserId = id.parse().unwrap();
    site.service.open_session(user, directory(site).await, details).await
}

pub(crate) async fn cookie(site: &Site, id: &str) -> String {
    let session = open(site, id, SessionDetails::default()).await.unwrap();
    format!("__Host-enroll_session={}", session.reveal())
}

async fn ask(site: &Site, method: &str, path: &str, cookie: &str) -> Reply {
    reply(site.bare(method, &format!("/api/v1{path}")).header("cookie", cookie)).await
}

/// As [`ask`], from a page of the service.
async fn from_page(site: &Site, method: &str, path: &str, cookie: &str) -> Reply {
    let request = site.bare(method, &format!("/api/v1{path}")).header("cookie", cookie);
    reply(request.header("origin", PUBLIC_URL)).await
}

async fn me(site: &Site, cookie: &str) -> u16 {
    ask(site, "GET", "/me", cookie).await.status.as_u16()
}

async fn set_active(site: &Site, id: &str, active: bool) {
    let change = patch(&json!([{"op": "replace", "path": "active", "value": active}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &change).await.status, 200);
}

#[tokio::test]
async fn design_8_me_names_the_user_who_has_signed_in_with_organizations_and_roles() {
    let site = Site::start().await;
    let mut body = user("Ann@example.com");
    body["displayName"] = json!("Ann A.");
    let id = site.send("POST", "/scim/v2/Users", &body).await.body()["id"].as_str().unwrap().to_owned();
    site.service.grant("acme", "ann", Role::Writer).await.unwrap();
    let cookie = cookie(&site, &id).await;
    let me = ask(&site, "GET", "/me", &cookie).await;
    assert_eq!((me.status.as_u16(), me.header("cache-control")), (200, Some("no-store")));
    let me = me.body();
    assert_eq!((&me["userName"], &me["handle"]), (&json!("Ann@example.com"), &json!("ann")));
    assert_eq!((&me["id"], &me["displayName"]), (&json!(id), &json!("Ann A.")));
    let organization = &me["organizations"][0];
    assert_eq!((&organization["name"], &organization["role"]), (&json!("acme"), &json!("writer")));
    assert_eq!(me["organizations"].as_array().unwrap().len(), 1);

    let none = reply(site.bare("GET", "/api/v1/me")).await;
    assert!(none.problem(401).contains("not signed in"));
    assert_eq!(none.header("www-authenticate"), Some("Cookie realm=\"session\""));
}

#[tokio::test]
async fn e2_3_no_other_cookie_and_no_token_is_taken_for_a_session() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    let good = cookie(&site, &id).await;
    let value = good.split_once('=').unwrap().1;
    let other_first = format!("{}{}", if value.starts_with('A') { 'B' } else { 'A' }, &value[1..]);
    for bad in [
        "__Host-enroll_session=".to_owned(),
        format!("__Host-enroll_session={other_first}"),
        format!("enroll_session={value}"),
        format!("{good}; {good}"),
        format!("{good}="),
    ] {
        assert_eq!(me(&site, &bad).await, 401, "{bad}");
    }
    assert_eq!(me(&site, &good).await, 200);
    let token = site.api_token(Scope::Admin).await;
    reply(site.bare("GET", "/api/v1/me").bearer_auth(&token)).await.problem(401);
    reply(site.bare("GET", "/api/v1/me").bearer_auth(value)).await.problem(401);
}

#[tokio::test]
async fn threat_s38_a_cookie_does_not_open_scim() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    site.service.grant_admin("ann").await.unwrap();
    let cookie = cookie(&site, &id).await;
    for (method, path) in [("GET", "/scim/v2/Users"), ("POST", "/scim/v2/Users"), ("GET", "/scim/v2/Me")] {
        let request = site.bare(method, path).header("cookie", &cookie).header("origin", PUBLIC_URL);
        assert!(
            matches!(reply(request.json(&user("eve"))).await.status.as_u16(), 401 | 501),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn e5_2_the_session_of_a_user_asks_about_its_user_and_about_nobody_else() {
    let site = Site::start().await;
    let (id, bob) = (site.user("ann").await, site.user("bob").await);
    let cookie = cookie(&site, &id).await;
    for path in ["/users/ann", "/check?user=ann&organization=acme", "/explain?user=ann&organization=acme"] {
        assert_eq!(ask(&site, "GET", path, &cookie).await.status, 200, "{path}");
    }
    for path in
        ["/users/bob", "/users/nobody", "/check?user=bob&organization=acme", "/organizations", "/clients"]
    {
        assert_eq!(from_page(&site, "GET", path, &cookie).await.status, 403, "{path}");
    }
    for path in ["/users/ann/sessions", "/users/bob/sessions", "/admins"] {
        assert_eq!(from_page(&site, "GET", path, &cookie).await.status, 403, "{path}");
    }
    from_page(&site, "DELETE", "/users/bob", &cookie).await.problem(403);
    assert_eq!(site.service.user("bob").await.unwrap().id.to_string(), bob);
}

#[tokio::test]
async fn e5_2_threat_s38_the_session_of_a_server_admin_administers_from_a_page_of_this_service() {
    let site = Site::start().await;
    let new = enroll_service::NewLocalUser { name: "grace".to_owned(), email: None };
    let admin = site.service.create_admin(&new).await.unwrap();
    let bob = site.user("bob").await;
    let session = site.service.open_session(admin.id, DirectoryId::LOCAL, SessionDetails::default()).await;
    let cookie = format!("__Host-enroll_session={}", session.unwrap().reveal());
    let of_bob = self::cookie(&site, &bob).await;
    assert_eq!(ask(&site, "GET", "/me", &cookie).await.body()["handle"], "grace");
    assert_eq!(ask(&site, "GET", "/users/bob/sessions", &cookie).await.status, 200);
    assert!(ask(&site, "DELETE", "/users/bob/sessions", &cookie).await.problem(403).contains("Origin"));
    assert_eq!(me(&site, &of_bob).await, 200);
    assert_eq!(from_page(&site, "DELETE", "/users/bob/sessions", &cookie).await.status, 204);
    assert_eq!(me(&site, &of_bob).await, 401);
    let entries = site.service.audit_entries(enroll_service::AuditQuery::default(), 1).await.unwrap();
    assert_eq!((entries[0].entry.actor_kind.as_str(), entries[0].entry.actor.as_str()), ("user", "grace"));
    // Another admin takes it back, and the next request is one of anybody's.
    site.service.grant_admin("bob").await.unwrap();
    site.service.revoke_admin("grace").await.unwrap();
    ask(&site, "GET", "/users/bob/sessions", &cookie).await.problem(403);
    assert_eq!(me(&site, &cookie).await, 200);
}

#[tokio::test]
async fn threat_s22_e2_3_e2_4_deactivation_by_each_route_ends_every_session_for_good() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    let path = format!("/scim/v2/Users/{id}");
    let off = patch(&json!([{"op": "replace", "path": "active", "value": false}]));
    let entra = patch(&json!([{"op": "Replace", "path": "active", "value": "False"}]));
    let no_path = patch(&json!([{"op": "replace", "value": {"active": false}}]));
    let mut put = user("ann");
    put["active"] = json!(false);
    let bulk = json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "PATCH", "path": format!("/Users/{id}"), "data": off}],
    });
    let routes: [(&str, &str, &Value); 5] = [
        ("PATCH", &path, &off),
        ("PATCH", &path, &entra),
        ("PATCH", &path, &no_path),
        ("PUT", &path, &put),
        ("POST", "/scim/v2/Bulk", &bulk),
    ];
    for (method, path, body) in routes {
        let (one, two) = (cookie(&site, &id).await, cookie(&site, &id).await);
        assert_eq!((me(&site, &one).await, me(&site, &two).await), (200, 200));
        let answer = site.send(method, path, body).await;
        assert_eq!(answer.status, 200, "{method} {body} {}", answer.text);
        assert_eq!((me(&site, &one).await, me(&site, &two).await), (401, 401), "{method} {body}");
        let refused = open(&site, &id, SessionDetails::default()).await.unwrap_err();
        assert!(matches!(refused, Error::Forbidden(ref text) if text.contains("deactivated")), "{refused}");
        set_active(&site, &id, true).await;
        assert_eq!((me(&site, &one).await, me(&site, &two).await), (401, 401), "they stay dead");
    }
    let last = cookie(&site, &id).await;
    assert_eq!(reply(site.scim("DELETE", &path)).await.status, 204);
    assert_eq!(me(&site, &last).await, 401);
    assert!(matches!(open(&site, &id, SessionDetails::default()).await, Err(Error::NotFound(_))));
    site.user("ann").await;
    assert_eq!(me(&site, &last).await, 401, "another user of the name has no session of the old one");
}

#[tokio::test]
async fn threat_s22_a_change_that_leaves_a_user_active_ends_no_session() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    let cookie = cookie(&site, &id).await;
    let change = patch(&json!([{"op": "replace", "path": "title", "value": "Dr."}]));
    assert_eq!(site.send("PATCH", &format!("/scim/v2/Users/{id}"), &change).await.status, 200);
    set_active(&site, &id, true).await;
    assert_eq!(me(&site, &cookie).await, 200);
}

#[tokio::test]
async fn reliability_r10_a_session_ended_at_one_server_is_dead_at_the_other() {
    let one = Site::start().await;
    let other = one.beside().await;
    let id = one.user("ann").await;
    for _ in 0..10 {
        let cookie = cookie(&one, &id).await;
        assert_eq!((me(&one, &cookie).await, me(&other, &cookie).await), (200, 200));
        set_active(&other, &id, false).await;
        assert_eq!((me(&one, &cookie).await, me(&other, &cookie).await), (401, 401));
        set_active(&one, &id, true).await;
    }
}

#[tokio::test]
async fn asvs_7_3_1_a_session_ends_when_it_was_not_used_for_an_hour() {
    let clock = Clock::manual(START);
    let site = Site::at(clock.clone(), HttpConfig::default()).await;
    let id = site.user("ann").await;
    let cookie = cookie(&site, &id).await;
    for _ in 0..3 {
        clock.advance(59 * 60_000);
        assert_eq!(me(&site, &cookie).await, 200);
        // The time of the use is written beside the answer.
        let used = || async { site.service.sessions_of("ann", &page()).await.unwrap().items[0].last_used };
        while used().await != clock.now() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
    clock.advance(60 * 60_000);
    assert_eq!(me(&site, &cookie).await, 401);
}

fn page() -> enroll_service::PageRequest {
    enroll_service::PageRequest { after: None, limit: 100 }
}

#[tokio::test]
async fn asvs_7_3_2_a_session_ends_after_twelve_hours_however_much_it_is_used() {
    let clock = Clock::manual(START);
    let site = Site::at(clock.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() }).await;
    let id = site.user("ann").await;
    let cookie = cookie(&site, &id).await;
    for _ in 0..24 {
        assert_eq!(me(&site, &cookie).await, 200);
        let written = clock.now();
        while site.service.sessions_of("ann", &page()).await.unwrap().items[0].last_used != written {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        clock.advance(30 * 60_000);
    }
    assert_eq!(me(&site, &cookie).await, 401);
    assert!(site.service.sessions_of("ann", &page()).await.unwrap().items.is_empty());
}

#[tokio::test]
async fn threat_a12_the_identity_provider_ends_a_session_earlier_and_never_later() {
    let clock = Clock::manual(START);
    let site = Site::at(clock.clone(), HttpConfig::default()).await;
    let id = site.user("ann").await;
    let until = |time: Timestamp| SessionDetails { not_on_or_after: Some(time), ..SessionDetails::default() };
    let soon = START + SignedDuration::from_mins(10);
    let session = open(&site, &id, until(soon)).await.unwrap();
    assert_eq!(session.info.expires, soon);
    let far = open(&site, &id, until(START + SignedDuration::from_hours(24 * 365))).await.unwrap();
    assert_eq!(far.info.expires, START + SignedDuration::from_hours(12));
    let cookie = format!("__Host-enroll_session={}", session.reveal());
    assert_eq!(me(&site, &cookie).await, 200);
    clock.advance(10 * 60_000);
    assert_eq!(me(&site, &cookie).await, 401);
    assert!(matches!(open(&site, &id, until(soon)).await, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn asvs_3_3_the_cookie_is_for_this_host_over_tls_and_for_no_script() {
    let site = Site::start().await;
    let id = site.user("ann").await;
    let session = open(&site, &id, SessionDetails::default()).await.unwrap();
    let set = |url: &str| {
        let url: PublicUrl = url.parse().unwrap();
        enroll_api::set_session_cookie(&url, &session).to_str().unwrap().to_owned()
    };
    let value = session.reveal();
    assert_eq!(value.len(), 43, "256 bits");
    let secure = format!("__Host-enroll_session={value}; Path=/; HttpOnly; SameSite=Lax; Secure");
    for url in [PUBLIC_URL, "https://127.0.0.1", "http://10.0.0.1:8080", "http://enroll.example.com"] {
        assert_eq!(set(url), secure, "{url}");
    }
    for url in ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80"] {
        assert_eq!(set(url), format!("enroll_session={value}; Path=/; HttpOnly; SameSite=Lax"), "{url}");
    }
    let kept = format!("{:?}", site.service.sessions_of("ann", &page()).await.unwrap());
    assert!(!kept.contains(value) && !format!("{session:?}").contains(value), "the cookie is not kept");
}

#[tokio::test]
async fn asvs_7_5_2_users_list_their_sessions_and_end_them_from_a_page_of_this_service_alone() {
    let site = Site::start().await;
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let details = SessionDetails {
        address: Some("192.0.2.1".to_owned()),
        user_agent: Some(format!("Browser\n{}", "x".repeat(1000))),
        ..SessionDetails::default()
    };
    let laptop = open(&site, &ann, details).await.unwrap();
    let phone = cookie(&site, &ann).await;
    let of_bob = cookie(&site, &bob).await;
    let list = ask(&site, "GET", "/sessions", &phone).await.body();
    let sessions = list["sessions"].as_array().unwrap();
    assert_eq!(sessions.len(), 2);
    assert_eq!((&sessions[0]["current"], &sessions[1]["current"]), (&json!(false), &json!(true)));
    assert_eq!(sessions[0]["address"], "192.0.2.1");
    assert_eq!(sessions[0]["userAgent"].as_str().unwrap().chars().count(), 256);
    let laptop_path = format!("/sessions/{}", laptop.info.id);

    let refused = ask(&site, "DELETE", &laptop_path, &phone).await;
    assert!(refused.problem(403).contains("Origin"));
    for (header, value) in [("origin", "https://evil.example.com"), ("sec-fetch-site", "same-site")] {
        let request = site.bare("DELETE", &format!("/api/v1{laptop_path}")).header("cookie", &phone);
        reply(request.header(header, value)).await.problem(403);
    }
    from_page(&site, "DELETE", &laptop_path, &of_bob).await.problem(404);
    from_page(&site, "DELETE", "/sessions/none", &phone).await.problem(404);
    let laptop_cookie = format!("__Host-enroll_session={}", laptop.reveal());
    assert_eq!(me(&site, &laptop_cookie).await, 200, "it is still there");
    assert_eq!(from_page(&site, "DELETE", &laptop_path, &phone).await.status, 204);
    assert_eq!((me(&site, &laptop_cookie).await, me(&site, &phone).await), (401, 200));

    let out = from_page(&site, "DELETE", "/sessions/current", &phone).await;
    assert_eq!(out.status, 204);
    let cleared = out.header("set-cookie").unwrap();
    assert!(
        cleared.starts_with("__Host-enroll_session=; Path=/;") && cleared.ends_with("Max-Age=0"),
        "{cleared}"
    );
    assert_eq!((me(&site, &phone).await, me(&site, &of_bob).await), (401, 200));
}

#[tokio::test]
async fn asvs_7_4_5_administrators_list_and_end_sessions_of_anybody() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let (ann, bob) = (site.user("ann").await, site.user("bob").await);
    let (mut of_ann, of_bob) = (Vec::new(), cookie(&site, &bob).await);
    for _ in 0..5 {
        of_ann.push(cookie(&site, &ann).await);
    }
    let ids = admin.listed("/users/ann/sessions", "sessions", "id").await;
    assert_eq!(ids.len(), 5);
    assert_eq!(admin.delete(&format!("/sessions/{}", ids[0])).await.status, 204);
    let mut answers = Vec::new();
    for cookie in &of_ann {
        answers.push(me(&site, cookie).await);
    }
    // Which of them is the first in the list is open: those of one millisecond have no order.
    answers.sort_unstable();
    assert_eq!(answers, [200, 200, 200, 200, 401]);
    admin.delete(&format!("/sessions/{}", ids[0])).await.problem(404);
    assert_eq!(admin.delete("/users/ann/sessions").await.status, 204);
    for cookie in &of_ann {
        assert_eq!(me(&site, cookie).await, 401);
    }
    assert_eq!(me(&site, &of_bob).await, 200);
    admin.get("/users/nobody/sessions").await.problem(404);
    admin.delete("/users/nobody/sessions").await.problem(404);
    let reader = Caller::with(&site, Scope::Read).await;
    reader.get("/users/ann/sessions").await.problem(403);
    reader.delete("/users/ann/sessions").await.problem(403);
    reader.delete(&format!("/sessions/{}", ids[1])).await.problem(403);
}

#[tokio::test]
async fn limits_of_sessions_are_a_setting_and_shorter_ones_count_at_once() {
    let clock = Clock::manual(START);
    let site = Site::at(clock.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() }).await;
    let id = site.user("ann@example.com").await;
    let limits = |idle: u64, longest: u64| SessionLimits {
        idle: Duration::from_secs(idle),
        longest: Duration::from_secs(longest),
    };
    let short = site.service.clone().with_session_limits(limits(600, 3600));
    let user: UserId = id.parse().unwrap();
    let open = short.open_session(user, directory(&site).await, SessionDetails::default()).await.unwrap();
    assert_eq!(open.info.expires.duration_since(START), SignedDuration::from_hours(1));
    clock.advance(300_000);
    for (limits, opens, why) in [
        (limits(300, 3600), false, "it was not used for five minutes"),
        (limits(3600, 300), false, "it has begun five minutes ago"),
        (limits(301, 301), true, "neither is over"),
    ] {
        let service = site.service.clone().with_session_limits(limits);
        assert_eq!(service.authenticate_session(open.reveal()).await.is_ok(), opens, "{why}");
    }
}
