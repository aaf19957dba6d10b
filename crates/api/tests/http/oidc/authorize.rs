//! `/oidc/authorize`.

use enroll_service::{Authenticated, ClientSettings, DirectorySettings, SessionDetails};
use jiff::ToSpan as _;
use serde_json::json;

use super::{AFTER, CALLBACK, PUBLIC_URL, World, answer, challenge, refused, shown, target};
use crate::sessions;
use crate::site::reply;

#[tokio::test]
async fn oidc_3_1_2_5_a_user_who_has_signed_in_gets_a_code_with_state_and_issuer() {
    let world = World::new().await;
    let good = answer(&world.authorize(&[]).await);
    assert_eq!((good["state"].as_str(), good["code"].len()), ("a&b=c", 43));
    assert_eq!(good.len(), 3, "{good:?}");
    let without = answer(&world.authorize(&[("state", ""), ("nonce", "")]).await);
    assert!(!without.contains_key("state") && without.contains_key("code"));
    let pairs = world.wish(&[]);
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let posted = reply(world.post("/oidc/authorize", &pairs).header("cookie", &world.cookie)).await;
    assert!(answer(&posted).contains_key("code"), "OpenID Connect Core 1.0 §3.1.2.1: POST too");
}

#[tokio::test]
async fn rfc6749_4_1_2_1_nobody_is_sent_to_a_client_or_redirect_uri_that_is_not_registered() {
    let world = World::new().await;
    let exact = [
        "https://evil.example.com/",
        "https://app.example.com/callback/",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/Callback",
        "https://app.example.com/callback#x",
        "https://app.example.com:443/callback",
        "https://app.example.com.evil.com/callback",
        "https://app.example.com/callback/../evil",
        "http://app.example.com/callback",
        "http://127.0.0.1:3001/cb",
        "javascript:alert(1)",
        AFTER,
        "",
    ];
    for uri in exact {
        for cookie in [None, Some(world.cookie.as_str())] {
            let page = world.authorize_as(cookie, &[("redirect_uri", uri)]).await;
            assert!(shown(&page, 400).contains("redirect_uri"), "{uri}");
        }
    }
    for client in ["", "x", "018f0000-0000-7000-8000-000000000001", "<script>"] {
        let page = world.authorize(&[("client_id", client)]).await;
        let text = shown(&page, 400);
        assert!(text.contains("client_id") && !text.contains("<script>"), "{text}");
    }
    let twice = format!("/oidc/authorize?client_id={0}&client_id={0}&redirect_uri={CALLBACK}", world.client);
    shown(&reply(world.browser.get(world.site.url(&twice))).await, 400);
    let (uri, pairs) = target(&world.authorize(&[("redirect_uri", "http://127.0.0.1:3000/cb")]).await);
    assert!(uri == "http://127.0.0.1:3000/cb" && pairs.contains_key("code"));
}

#[tokio::test]
async fn threat_s37_names_of_clients_are_escaped_on_pages() {
    let name = "<img src=x onerror=alert(1)>";
    let world = World::new().await;
    let settings = ClientSettings { name: Some(name.to_owned()), ..ClientSettings::default() };
    world.site.service.change_client(&world.client, &settings, None).await.unwrap();
    let page = world.authorize(&[("redirect_uri", "https://evil.example.com/")]).await;
    assert!(shown(&page, 400).contains("&lt;img src=x") && !page.text.contains("<img"));
}

#[tokio::test]
async fn rfc6749_4_1_2_1_everything_else_that_is_wrong_is_told_to_the_client() {
    let world = World::new().await;
    let plain = challenge("x");
    let long = "x".repeat(2049);
    let cases: &[(&[(&str, &str)], &str)] = &[
        (&[("response_type", "")], "invalid_request"),
        (&[("response_type", "token")], "unsupported_response_type"),
        (&[("response_type", "code id_token")], "unsupported_response_type"),
        (&[("response_mode", "fragment")], "invalid_request"),
        (&[("scope", "")], "invalid_scope"),
        (&[("scope", "profile email")], "invalid_scope"),
        (&[("request", "eyJ")], "request_not_supported"),
        (&[("request_uri", "https://evil.example.com/")], "request_uri_not_supported"),
        (&[("registration", "{}")], "registration_not_supported"),
        (&[("code_challenge", "")], "invalid_request"),
        (&[("code_challenge", ""), ("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "")], "invalid_request"),
        (&[("code_challenge_method", "plain"), ("code_challenge", &plain)], "invalid_request"),
        (&[("code_challenge", "too-short")], "invalid_request"),
        (&[("prompt", "none login")], "invalid_request"),
        (&[("max_age", "-1")], "invalid_request"),
        (&[("max_age", "soon")], "invalid_request"),
        (&[("id_token_hint", "a.b.c")], "invalid_request"),
        (&[("nonce", &long)], "invalid_request"),
    ];
    for (changes, error) in cases {
        let told = answer(&world.authorize(changes).await);
        assert_eq!((told["error"].as_str(), told["state"].as_str()), (*error, "a&b=c"), "{changes:?}");
        assert!(!told["error_description"].is_empty() && !told.contains_key("code"), "{changes:?}");
    }
    let wide = format!("openid {}", "x".repeat(8 * 1024));
    let told = answer(&world.authorize_as(None, &[("scope", &wide)]).await);
    assert_eq!(told["error"], "invalid_request", "what has to be kept while somebody signs in is bounded");
    let extra =
        answer(&world.authorize(&[("scope", "openid offline_access nonsense"), ("claims", "x")]).await);
    assert!(extra.contains_key("code"), "what is not known is left out");
    let twice = world.wish(&[]);
    let mut twice: Vec<(&str, &str)> = twice.iter().map(|(name, value)| (*name, value.as_str())).collect();
    twice.push(("scope", "openid"));
    let told = answer(&reply(world.get("/oidc/authorize", &twice).header("cookie", &world.cookie)).await);
    assert_eq!(told["error"], "invalid_request");
}

#[tokio::test]
async fn threat_a15_who_has_not_signed_in_is_sent_there_and_comes_back_by_a_key_alone() {
    let world = World::new().await;
    let (uri, pairs) = target(&world.authorize_as(None, &[]).await);
    assert_eq!(uri, format!("{PUBLIC_URL}/saml/login"));
    let key = pairs["return"].clone();
    assert_eq!((pairs.len(), key.len()), (1, 43), "the browser carries no path");
    let service = &world.site.service;
    assert_eq!(service.return_path(&key).unwrap(), format!("/oidc/resume?request={key}"));
    for unknown in ["", "/", "//evil.example.com", "https://evil.example.com", &format!("{key}x")] {
        assert_eq!(service.return_path(unknown).unwrap(), "/", "{unknown}");
    }
    for path in ["https://evil.example.com", "//evil.example.com", "/\\evil.example.com", "evil", ""] {
        assert!(service.keep_return(path).await.is_err(), "{path}");
    }
    let other = service.keep_return("/settings?tab=1").await.unwrap();
    let other = secrecy::ExposeSecret::expose_secret(&other);
    assert_eq!(service.return_path(other).unwrap(), "/settings?tab=1");

    let resume = |cookie: Option<String>| {
        let request = world.get("/oidc/resume", &[("request", key.as_str())]);
        reply(cookie.into_iter().fold(request, |request, cookie| request.header("cookie", cookie)))
    };
    assert_eq!(target(&resume(None).await).1["return"], key, "nobody has signed in yet");
    let back = answer(&resume(Some(world.cookie.clone())).await);
    assert_eq!(back["state"], "a&b=c");
    assert_eq!(world.redeem(&back["code"]).await.status, 200);
    shown(&resume(Some(world.cookie.clone())).await, 400);
    assert_eq!(service.return_path(&key).unwrap(), "/", "a key is good for one sign-in");
    shown(
        &reply(world.get("/oidc/resume", &[("request", other)]).header("cookie", &world.cookie)).await,
        400,
    );
}

#[tokio::test]
async fn threat_a15_a_sign_in_that_takes_longer_than_ten_minutes_is_begun_again() {
    let world = World::new().await;
    let (_, pairs) = target(&world.authorize_as(None, &[]).await);
    world.clock.advance(600_000);
    assert_eq!(world.site.service.return_path(&pairs["return"]).unwrap(), "/");
    let late = world.get("/oidc/resume", &[("request", &pairs["return"])]).header("cookie", &world.cookie);
    assert!(shown(&reply(late).await, 400).contains("ten minutes"));
}

#[tokio::test]
async fn oidc_3_1_2_1_prompt_none_shows_no_page() {
    let world = World::new().await;
    let told = answer(&world.authorize_as(None, &[("prompt", "none")]).await);
    assert_eq!((told["error"].as_str(), told["state"].as_str()), ("login_required", "a&b=c"));
    assert!(answer(&world.authorize(&[("prompt", "none")]).await).contains_key("code"));
    world.set_active(false).await;
    let told = answer(&world.authorize(&[("prompt", "none")]).await);
    assert_eq!(told["error"], "login_required", "threat S22");
}

#[tokio::test]
async fn oidc_3_1_2_1_prompt_login_and_max_age_want_a_new_sign_in() {
    let world = World::new().await;
    world.clock.advance(60_000);
    assert!(answer(&world.authorize(&[("max_age", "60")]).await).contains_key("code"));
    assert_eq!(
        answer(&world.authorize(&[("max_age", "59"), ("prompt", "none")]).await)["error"],
        "login_required"
    );
    for wish in [("prompt", "login"), ("prompt", "select_account"), ("max_age", "59"), ("max_age", "0")] {
        let (uri, pairs) = target(&world.authorize(&[wish]).await);
        assert_eq!(
            (uri, pairs["prompt"].as_str()),
            (format!("{PUBLIC_URL}/saml/login"), "login"),
            "{wish:?}"
        );
        let resume = async |cookie: &str| {
            let request = world.get("/oidc/resume", &[("request", pairs["return"].as_str())]);
            reply(request.header("cookie", cookie)).await
        };
        assert_eq!(
            target(&resume(&world.cookie).await).1["return"],
            pairs["return"],
            "the old session is not enough"
        );
        world.clock.advance(5_000);
        let anew = sessions::cookie(&world.site, &world.user).await;
        assert!(answer(&resume(&anew).await).contains_key("code"), "{wish:?}");
    }
}

/// A session of a sign-in that the identity provider has answered.
async fn signed_in(world: &World, authenticated: Authenticated) -> String {
    let details = SessionDetails { authenticated: Some(authenticated), ..SessionDetails::default() };
    let session = sessions::open(&world.site, &world.user, details).await.unwrap();
    format!("__Host-enroll_session={}", session.reveal())
}

#[tokio::test]
async fn oidc_3_1_2_1_a_sign_in_that_was_not_asked_for_is_no_answer_to_prompt_login() {
    let world = World::new().await;
    world.clock.advance(60_000);
    let (_, pairs) = target(&world.authorize(&[("prompt", "login")]).await);
    let resume = async |cookie: &str| {
        let request = world.get("/oidc/resume", &[("request", pairs["return"].as_str())]);
        reply(request.header("cookie", cookie)).await
    };
    world.clock.advance(5_000);
    let now = world.clock.now();
    // Begun at the identity provider meanwhile, or in another window.
    for at in [now, now - 1.hours()] {
        let other = signed_in(&world, Authenticated { at, anew: false }).await;
        assert_eq!(target(&resume(&other).await).1["return"], pairs["return"], "{at}");
    }
    // Asked for before this request.
    let before = signed_in(&world, Authenticated { at: now - 30.seconds(), anew: true }).await;
    assert_eq!(target(&resume(&before).await).1["return"], pairs["return"]);
    let anew = signed_in(&world, Authenticated { at: now, anew: true }).await;
    assert!(answer(&resume(&anew).await).contains_key("code"));
}

#[tokio::test]
async fn oidc_2_auth_time_and_max_age_are_about_when_the_user_has_proved_who_she_is() {
    let world = World::new().await;
    let at = world.clock.now() - 2.hours();
    let cookie = signed_in(&world, Authenticated { at, anew: false }).await;
    let old = world.authorize_as(Some(&cookie), &[("max_age", "7199"), ("prompt", "none")]).await;
    assert_eq!(answer(&old)["error"], "login_required", "the session is new, the sign-in is not");
    let code = answer(&world.authorize_as(Some(&cookie), &[("max_age", "7200")]).await)["code"].clone();
    let tokens = world.redeem(&code).await.body();
    let (_, claims) = world.read(tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(claims["auth_time"], json!(at.as_second()));
}

#[tokio::test]
async fn e1_2_a_client_of_one_directory_sends_its_users_to_the_sign_in_of_that_directory() {
    let world = World::new().await;
    world.site.service.create_directory("entra", &DirectorySettings::default()).await.unwrap();
    let settings = ClientSettings { directory: Some("entra".to_owned()), ..ClientSettings::default() };
    world.site.service.change_client(&world.client, &settings, None).await.unwrap();
    let (uri, _) = target(&world.authorize(&[]).await);
    assert_eq!(uri, format!("{PUBLIC_URL}/saml/entra/login"), "ann is of another directory");
    assert_eq!(answer(&world.authorize(&[("prompt", "none")]).await)["error"], "login_required");
}

#[tokio::test]
async fn oidc_3_1_2_1_a_hint_of_another_user_is_not_answered_with_this_one() {
    let world = World::new().await;
    let id_token = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    let hint = ("id_token_hint", id_token.as_str());
    assert!(answer(&world.authorize(&[hint, ("prompt", "none")]).await).contains_key("code"));
    let bob = world.site.user("bob").await;
    let of_bob = sessions::cookie(&world.site, &bob).await;
    let told = answer(&world.authorize_as(Some(&of_bob), &[hint, ("prompt", "none")]).await);
    assert_eq!(told["error"], "login_required");
}

#[tokio::test]
async fn oidc_3_1_2_1_who_has_signed_in_and_is_not_the_one_of_the_hint_is_not_sent_to_sign_in_again() {
    let world = World::new().await;
    let id_token = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    let hint = ("id_token_hint", id_token.as_str());
    let bob = world.site.user("bob").await;
    for wishes in [&[hint][..], &[hint, ("prompt", "login")], &[hint, ("max_age", "0")]] {
        let of_bob = sessions::cookie(&world.site, &bob).await;
        world.clock.advance(5_000);
        let (uri, pairs) = target(&world.authorize_as(Some(&of_bob), wishes).await);
        assert_eq!(uri, format!("{PUBLIC_URL}/saml/login"), "the one who is meant may sign in");
        let resume = async |cookie: &str| {
            let request = world.get("/oidc/resume", &[("request", pairs["return"].as_str())]);
            reply(request.header("cookie", cookie)).await
        };
        world.clock.advance(5_000);
        if wishes.len() > 1 {
            let old = resume(&of_bob).await;
            assert_eq!(target(&old).1["return"], pairs["return"], "he has not signed in for this request");
        }
        // The identity provider has him still, and answers with him at once.
        let anew = sessions::cookie(&world.site, &bob).await;
        let told = answer(&resume(&anew).await);
        assert_eq!(
            (told["error"].as_str(), told["state"].as_str()),
            ("login_required", "a&b=c"),
            "{wishes:?}"
        );
        let ann = sessions::cookie(&world.site, &world.user).await;
        assert!(answer(&resume(&ann).await).contains_key("code"), "{wishes:?}");
    }
}

#[tokio::test]
async fn rfc9700_4_4_a_code_given_to_one_client_is_of_no_use_to_another() {
    let world = World::new().await;
    let settings = ClientSettings {
        name: Some("Other".to_owned()),
        redirect_uris: Some(vec![CALLBACK.to_owned()]),
        ..ClientSettings::default()
    };
    let kind = enroll_domain::ClientKind::Confidential;
    let other = world.site.service.create_client(kind, &settings).await.unwrap();
    let code = world.code().await;
    let pairs = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", super::VERIFIER),
    ];
    let stolen = world.post("/oidc/token", &pairs).basic_auth(other.info.id, other.reveal());
    refused(&reply(stolen).await, 400, "invalid_grant");
    assert_eq!(world.redeem(&code).await.status, 200, "its own client still gets what it was given for");
}

#[tokio::test]
async fn s22_a_code_of_a_session_that_has_ended_is_of_no_use() {
    let world = World::new().await;
    let code = world.code().await;
    world.set_active(false).await;
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    world.set_active(true).await;
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    let session = sessions::open(&world.site, &world.user, SessionDetails::default()).await.unwrap();
    let cookie = format!("__Host-enroll_session={}", session.reveal());
    let code = answer(&world.authorize_as(Some(&cookie), &[]).await)["code"].clone();
    world.site.service.revoke_session(&session.info.id.to_string(), None).await.unwrap();
    refused(&world.redeem(&code).await, 400, "invalid_grant");
}
