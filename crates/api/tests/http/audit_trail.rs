//! The audit trail over HTTP (enrollment.md §6.3, §6.4).

use enroll_api::HttpConfig;
use enroll_domain::Scope;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{Site, reply, user};

async fn entries(admin: &Caller<'_>, query: &str) -> Vec<Value> {
    let page = admin.get(&format!("/audit{query}")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    page.body()["entries"].as_array().unwrap().clone()
}

#[tokio::test]
async fn e6_3_an_entry_names_the_request_its_address_and_user_agent() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let request =
        site.scim("POST", "/scim/v2/Users").header("x-request-id", "r-1").header("user-agent", "Okta");
    assert_eq!(reply(request.json(&user("ada"))).await.status, 201);
    let made = &entries(&admin, "?action=user.created").await[0];
    let of = |entry: &Value| {
        ["requestId", "address", "userAgent"].map(|name| entry[name].as_str().unwrap_or("-").to_owned())
    };
    assert_eq!(of(made), ["r-1", "127.0.0.1", "Okta"]);
    assert_eq!((made["actor"].as_str(), made["subject"].as_str()), (Some("okta"), Some("ada")));
    let request =
        site.bare("POST", "/api/v1/organizations").bearer_auth(&admin.token).header("x-request-id", "r-2");
    assert_eq!(reply(request.json(&json!({ "name": "globex" }))).await.status, 201);
    let made = &entries(&admin, "?action=organization.created").await[0];
    assert_eq!(of(made)[..2], ["r-2", "127.0.0.1"]);
    let by_the_system = entries(&admin, "?action=directory.created").await;
    assert_eq!(of(&by_the_system[0]), ["-", "-", "-"], "no request made it");
    let report = site.service.verify_audit(None).await.unwrap();
    assert_eq!(report.broken, None, "entries with and without a request are one chain");
}

#[tokio::test]
async fn e6_4_the_trail_is_asked_by_actor_action_subject_directory_and_time() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    let ada = site.user("ada").await;
    site.user("bob").await;
    let count = async |query: &str| entries(&admin, query).await.len();
    assert_eq!(count("?actor=okta").await, 2);
    assert_eq!(count("?subject=ada").await, 1);
    assert_eq!(count(&format!("?subject={ada}")).await, 1);
    assert_eq!(count("?actor=okta&subject=bob&action=user.created&directory=default").await, 1);
    assert_eq!(count("?actor=nobody").await, 0);
    assert_eq!(count("?until=2000-01-01T00:00:00Z").await, 0);
    assert!(count("?since=2000-01-01T00:00:00Z").await > 2);
    for wrong in ["?since=yesterday", "?action=user.flew", "?format=xml", "?after=x"] {
        assert_eq!(admin.get(&format!("/audit{wrong}")).await.status, 400, "{wrong}");
    }
    assert_eq!(admin.get("/audit?directory=nowhere").await.status, 404);
    let actions = admin.listed("/audit", "entries", "action").await;
    assert_eq!(
        (actions[0].as_str(), actions.last().unwrap().as_str()),
        ("user.created", "directory.created")
    );
}

#[tokio::test]
async fn threat_s37_an_export_is_complete_and_no_cell_is_a_formula() {
    let site = Site::start().await;
    let admin = Caller::admin(&site).await;
    for number in 0..600 {
        site.service
            .create_organization(&enroll_service::NewOrganization {
                name: format!("org-{number}"),
                ..enroll_service::NewOrganization::default()
            })
            .await
            .unwrap();
    }
    site.user("=HYPERLINK(1)").await;
    let lines = admin.get("/audit?format=jsonl").await;
    let all: Vec<Value> = lines.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(all.len() > 600, "{}", all.len());
    assert!(all.iter().zip(1..).all(|(entry, place)| entry["sequence"] == place), "oldest first, none twice");
    let csv = admin.get("/audit?format=csv&subject=%3DHYPERLINK(1)").await;
    assert!(csv.text.starts_with("\"sequence\",\"time\",\"actorKind\""), "{}", csv.text);
    assert!(csv.text.contains(",\"'=HYPERLINK(1)\","), "{}", csv.text);
    assert_eq!(csv.text.lines().count(), 2);
    assert_eq!(admin.get("/audit?format=csv&actor=nobody").await.text.lines().count(), 1, "the header alone");
}

#[tokio::test]
async fn e6_4_only_an_administrator_reads_the_trail() {
    let site = Site::start().await;
    for (scope, status) in [(Scope::Check, 403), (Scope::Read, 403), (Scope::Admin, 200)] {
        let caller = Caller::with(&site, scope).await;
        assert_eq!(caller.get("/audit").await.status, status, "{scope}");
    }
}

#[tokio::test]
async fn s36_a_client_behind_a_trusted_proxy_is_known_by_its_own_address() {
    for (trusted, expected) in [(vec![], "127.0.0.1"), (vec!["127.0.0.0/8".parse().unwrap()], "203.0.113.9")]
    {
        let config = HttpConfig { rate_limit: None, trusted_proxies: trusted, ..HttpConfig::default() };
        let site = Site::with(config).await;
        let admin = Caller::admin(&site).await;
        let request = site.scim("POST", "/scim/v2/Users").header("x-forwarded-for", "1.1.1.1, 203.0.113.9");
        assert_eq!(reply(request.json(&user("ada"))).await.status, 201);
        assert_eq!(entries(&admin, "?action=user.created").await[0]["address"], expected);
        let logged = admin.get("/request-log").await.body();
        assert_eq!(logged["requests"][0]["address"], expected);
    }
}
