//! What an administrator is told of a directory that its brake or a pause has stopped (enrollment.md §3.9, §7.1 to §7.3).

use std::num::NonZeroU32;

use enroll_api::{HttpConfig, RateLimit};
use enroll_service::BrakeLimits;
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::life::active;
use crate::site::{Reply, Site, reply, user};

/// A directory that is not the default one, with users of its own.
struct Okta<'s> {
    admin: Caller<'s>,
    token: String,
}

impl<'s> Okta<'s> {
    /// Whose brake lets one person lose access.
    async fn braked(site: &'s Site) -> Self {
        let admin = Caller::admin(site).await;
        assert_eq!(admin.send("POST", "/directories", &json!({"name": "okta-x"})).await.status, 201);
        let token = site.service.create_scim_token("okta-x", "scim-app", None).await.unwrap();
        let limits = BrakeLimits { people: 1, percent: 0, window_minutes: 60 };
        site.service.set_brake("okta-x", Some(limits)).await.unwrap();
        Self { admin, token: token.reveal().to_owned() }
    }

    fn request(&self, method: &str, path: &str) -> RequestBuilder {
        self.admin.site.bare(method, path).bearer_auth(&self.token)
    }

    /// Makes a user and gives her path.
    async fn user(&self, name: &str) -> String {
        let made = reply(self.request("POST", "/scim/v2/Users").json(&user(name))).await;
        assert_eq!(made.status, 201, "{}", made.text);
        format!("/scim/v2/Users/{}", made.body()["id"].as_str().unwrap())
    }

    async fn deactivate(&self, path: &str) -> Reply {
        let request = self.request("PATCH", path).header("x-request-id", "r-stopped");
        reply(request.json(&active(json!(false)))).await
    }

    async fn shown(&self) -> Value {
        self.admin.get("/directories/okta-x").await.body()
    }

    /// The newest request in the log that was refused.
    async fn refused(&self) -> Value {
        self.admin.get("/request-log?status=error&directory=okta-x").await.body()["requests"][0].clone()
    }

    /// The finding of readiness.
    async fn finding(&self, code: &str) -> Option<Value> {
        let report = self.admin.get("/directories/okta-x/readiness").await.body();
        let findings = report["findings"].as_array().unwrap();
        findings.iter().find(|finding| finding["code"] == code).cloned()
    }
}

#[tokio::test]
async fn e7_2_e7_3_a_request_that_the_brake_holds_is_told_as_what_it_is_until_it_is_approved() {
    let site = Site::start().await;
    let okta = Okta::braked(&site).await;
    let approve = "enroll directory brake approve --directory okta-x";
    let (one, two) = (okta.user("one").await, okta.user("two").await);
    assert_eq!(okta.deactivate(&one).await.status, 200);
    assert_eq!(okta.shown().await["state"], "healthy");
    for _ in 0..4 {
        let detail = okta.deactivate(&two).await.scim_error(429, None);
        assert!(detail.contains(approve) && detail.contains("enroll directory pause okta-x"), "{detail}");
    }
    let error = &okta.refused().await["error"];
    let (meaning, advice) = (error["explanation"].as_str().unwrap(), error["advice"].as_str().unwrap());
    assert!(meaning.contains("brake") && meaning.contains("lose access"), "{error}");
    assert!(advice.contains(approve) && !advice.contains("rate limit"), "{error}");

    let shown = okta.shown().await;
    assert_eq!(
        (&shown["state"], &shown["lastError"]["status"], &shown["lastError"]["advice"]),
        (&json!("held"), &json!(429), &json!(advice))
    );
    assert!(shown["stateText"].as_str().unwrap().contains(approve), "{shown}");
    let states = okta.admin.listed("/directories", "directories", "state").await;
    assert!(states.contains(&"held".to_owned()), "{states:?}");
    let finding = okta.finding("held").await.unwrap();
    assert_eq!(finding["severity"], "error");
    assert!(finding["advice"].as_str().unwrap().contains(approve), "{finding}");

    okta.admin.send("POST", "/directories/okta-x/brake/approve", &json!({})).await;
    assert_eq!(okta.shown().await["state"], "healthy", "what was held is no failure of the set-up");
    assert_eq!(okta.finding("held").await, None);
}

#[tokio::test]
async fn e3_9_who_pauses_and_resumes_has_looked_after_what_was_held_and_it_is_held_anew() {
    let site = Site::start().await;
    let okta = Okta::braked(&site).await;
    let (one, two) = (okta.user("one").await, okta.user("two").await);
    okta.deactivate(&one).await;
    okta.deactivate(&two).await.scim_error(429, None);
    for (verb, state) in [("pause", "paused"), ("resume", "healthy")] {
        okta.admin.send("POST", &format!("/directories/okta-x/{verb}"), &json!({})).await;
        assert_eq!(okta.shown().await["state"], state, "{verb}");
    }
    okta.deactivate(&two).await.scim_error(429, None);
    assert_eq!(okta.shown().await["state"], "held");
}

#[tokio::test]
async fn e3_9_what_is_held_is_shown_as_the_request_with_whom_it_is_about_and_who_has_sent_it() {
    let site = Site::start().await;
    let okta = Okta::braked(&site).await;
    let (one, two) = (okta.user("one").await, okta.user("two").await);
    okta.deactivate(&one).await;
    okta.deactivate(&two).await.scim_error(429, None);
    let held = okta.admin.get("/directories/okta-x/brake").await.body()["heldRequest"].clone();
    let held = held.as_str().unwrap();
    let request = format!("PATCH {two} (two), request r-stopped of the SCIM token scim-app: ");
    assert!(held.starts_with(&request) && held.contains("2 people or more"), "{held}");
    assert!(!held.contains("enroll directory"), "what to do is said elsewhere: {held}");
}

#[tokio::test]
async fn e7_2_e7_3_a_paused_directory_is_told_as_paused_and_is_not_failing_afterwards() {
    let site = Site::start().await;
    let okta = Okta::braked(&site).await;
    let one = okta.user("one").await;
    okta.admin.send("POST", "/directories/okta-x/pause", &json!({})).await;
    let paused = okta.shown().await;
    assert_eq!(paused["state"], "paused", "before any request is refused");
    for _ in 0..4 {
        okta.deactivate(&one).await.scim_error(503, None);
    }
    let error = &okta.refused().await["error"];
    let resume = "enroll directory resume okta-x";
    assert!(error["explanation"].as_str().unwrap().contains("paused"), "{error}");
    assert!(error["advice"].as_str().unwrap().contains(resume), "{error}");
    let paused = okta.shown().await;
    assert_eq!((&paused["state"], &paused["lastError"]["status"]), (&json!("paused"), &json!(503)));
    assert!(paused["stateText"].as_str().unwrap().contains(resume), "{paused}");
    assert_eq!(paused["lastError"]["advice"], error["advice"]);
    let finding = okta.finding("paused").await.unwrap();
    assert_eq!(finding["severity"], "warning");
    assert!(finding["advice"].as_str().unwrap().contains(resume), "{finding}");
    okta.admin.send("POST", "/directories/okta-x/resume", &json!({})).await;
    assert_eq!(okta.shown().await["state"], "healthy");
    assert_eq!(okta.finding("paused").await, None);
}

#[tokio::test]
async fn e7_3_a_token_that_sends_too_much_is_still_told_of_the_rate_limit() {
    let limit = RateLimit { per_second: NonZeroU32::MIN, burst: NonZeroU32::new(3).unwrap() };
    let site = Site::with(HttpConfig { rate_limit: Some(limit), ..HttpConfig::default() }).await;
    let mut last = site.get("/scim/v2/Users").await;
    for _ in 0..20 {
        if last.status == 429 {
            break;
        }
        last = site.get("/scim/v2/Users").await;
    }
    last.scim_error(429, None);
    let requests = Caller::admin(&site).await.get("/request-log?status=429").await.body();
    let advice = requests["requests"][0]["error"]["advice"].as_str().unwrap();
    assert!(advice.contains("rate limit") && !advice.contains("brake"), "{advice}");
}
