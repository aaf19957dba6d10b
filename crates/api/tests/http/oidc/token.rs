//! `/oidc/token` and `/oidc/userinfo`.

use std::time::Duration;

use enroll_domain::{ClientKind, ClientScope, Role, SigningAlgorithm};
use enroll_service::{ClientSettings, OAuthError, SessionLimits, TokenRequest};
use jsonwebtoken::Algorithm;
use secrecy::SecretString;
use serde_json::{Value, json};

use super::{CALLBACK, START, VERIFIER, World, answer, refused};
use crate::site::reply;

#[tokio::test]
async fn oidc_3_1_3_a_code_gives_an_id_token_of_the_user_with_organizations_and_roles() {
    let world = World::new().await;
    let tokens = world.redeem(&world.code().await).await;
    assert_eq!((tokens.status.as_u16(), tokens.header("cache-control")), (200, Some("no-store")));
    let tokens = tokens.body();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(600)));
    assert_eq!(tokens["scope"], "openid profile email organizations groups");
    let (head, claims) = world.read(tokens["id_token"].as_str().unwrap()).await;
    assert_eq!(head.alg, Algorithm::RS256);
    assert_eq!((&claims["sub"], &claims["aud"]), (&json!(world.user), &json!(world.client)));
    assert_eq!((&claims["nonce"], &claims["iat"]), (&json!("n-1"), &json!(START.as_second())));
    assert_eq!(
        (&claims["exp"], &claims["auth_time"]),
        (&json!(START.as_second() + 600), &json!(START.as_second()))
    );
    assert!(claims["sid"].is_string());
    assert_eq!((&claims["preferred_username"], &claims["name"]), (&json!("ann"), &json!("Ann Archer")));
    assert_eq!((&claims["given_name"], &claims["family_name"]), (&json!("Ann"), &json!("Archer")));
    assert_eq!((&claims["email"], &claims["email_verified"]), (&json!("ann@example.com"), &json!(false)));
    assert_eq!(claims["organizations"][0]["name"], "acme");
    assert_eq!(claims["organizations"][0]["role"], "writer");
    assert_eq!(claims["groups"], json!(["acme:writer"]));

    let info = world.userinfo(&tokens["access_token"]).await;
    assert_eq!(info.status, 200);
    let info = info.body();
    for name in ["sub", "name", "email", "email_verified", "organizations", "groups"] {
        assert_eq!(info[name], claims[name], "{name}");
    }
    assert_eq!((info.get("nonce"), info.get("aud")), (None, None));
    let posted = world.browser.post(world.site.url("/oidc/userinfo"));
    let posted = posted.bearer_auth(tokens["access_token"].as_str().unwrap());
    assert_eq!(reply(posted).await.body(), info);
}

#[tokio::test]
async fn oidc_5_4_a_client_is_told_what_it_asks_for_and_may_have() {
    let world = World::with(ClientSettings {
        scopes: Some(vec![ClientScope::OpenId, ClientScope::Email]),
        email_verified: Some(true),
        algorithm: Some(SigningAlgorithm::Es256),
        ..ClientSettings::default()
    })
    .await;
    let tokens = world.tokens().await;
    assert_eq!(tokens["scope"], "openid email");
    let (head, claims) = world.read(tokens["id_token"].as_str().unwrap()).await;
    assert_eq!((head.alg, &claims["email_verified"]), (Algorithm::ES256, &json!(true)));
    for name in ["name", "preferred_username", "organizations", "groups"] {
        assert_eq!(claims.get(name), None, "{name}");
    }
    let code = answer(&world.authorize(&[("scope", "openid profile")]).await)["code"].clone();
    let tokens = world.redeem(&code).await.body();
    assert_eq!(tokens["scope"], "openid");
    let info = world.userinfo(&tokens["access_token"]).await.body();
    assert_eq!(info, json!({"sub": world.user}));
}

#[tokio::test]
async fn rfc6749_4_1_3_a_code_is_bound_to_its_redirect_uri_and_verifier_and_ends_after_a_minute() {
    let world = World::new().await;
    let code = world.code().await;
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", VERIFIER),
    ];
    let with = |name: &str, value: &'static str| {
        good.map(|(key, old)| if key == name { (key, value) } else { (key, old) }).to_vec()
    };
    for (name, value, error) in [
        ("code", "", "invalid_request"),
        ("code", "x", "invalid_grant"),
        ("redirect_uri", "", "invalid_request"),
        ("redirect_uri", "http://127.0.0.1:3000/cb", "invalid_grant"),
        ("code_verifier", "", "invalid_request"),
        ("code_verifier", "another-verifier-of-enough-characters-0123456789", "invalid_grant"),
        ("code_verifier", "short", "invalid_grant"),
        ("grant_type", "", "invalid_request"),
        ("grant_type", "password", "unsupported_grant_type"),
        ("grant_type", "client_credentials", "unsupported_grant_type"),
    ] {
        refused(&world.token(&with(name, value)).await, 400, error);
    }
    assert_eq!(world.token(&good).await.status, 200, "a failed attempt does not use it up");
    let late = world.code().await;
    world.clock.advance(60_000);
    refused(&world.redeem(&late).await, 400, "invalid_grant");
}

#[tokio::test]
async fn rfc6749_4_1_2_a_code_used_twice_takes_back_what_it_gave() {
    let world = World::new().await;
    let (code, other) = (world.code().await, world.tokens().await);
    let tokens = world.redeem(&code).await.body();
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 200);
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 401);
    refused(&world.refresh(tokens["refresh_token"].as_str().unwrap()).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&other["access_token"]).await.status, 200, "what another code gave stays");
}

#[tokio::test]
async fn rfc9700_4_14_2_a_refresh_token_is_replaced_and_its_second_use_takes_everything_back() {
    let world = World::new().await;
    let first = world.tokens().await;
    world.site.service.grant("acme", "ann", Role::Admin).await.unwrap();
    world.clock.advance(1_000);
    let second = world.refresh(first["refresh_token"].as_str().unwrap()).await;
    assert_eq!(second.status, 200, "{}", second.text);
    let second = second.body();
    assert_ne!(first["refresh_token"], second["refresh_token"]);
    let (_, claims) = world.read(second["id_token"].as_str().unwrap()).await;
    let (_, before) = world.read(first["id_token"].as_str().unwrap()).await;
    for name in ["sub", "aud", "sid", "auth_time"] {
        assert_eq!(claims[name], before[name], "OpenID Connect Core 1.0 §12.2: {name}");
    }
    assert_eq!((&claims["groups"], claims.get("nonce")), (&json!(["acme:admin"]), None));
    let third = world.refresh(second["refresh_token"].as_str().unwrap()).await.body();
    assert_eq!(world.userinfo(&third["access_token"]).await.status, 200);
    refused(&world.refresh(first["refresh_token"].as_str().unwrap()).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&third["access_token"]).await.status, 401);
    refused(&world.refresh(third["refresh_token"].as_str().unwrap()).await, 400, "invalid_grant");
}

#[tokio::test]
async fn what_was_given_in_a_session_ends_with_a_limit_that_was_made_shorter() {
    let world = World::new().await;
    let tokens = world.tokens().await;
    world.clock.advance(600_000 - 1);
    let shorter = |seconds: u64| {
        let limits = SessionLimits { idle: Duration::from_secs(1), longest: Duration::from_secs(seconds) };
        world.site.service.clone().with_session_limits(limits)
    };
    let token = tokens["access_token"].as_str().unwrap();
    assert!(shorter(601).user_info(token).await.is_ok(), "that its cookie was not used is nothing to it");
    assert!(shorter(599).user_info(token).await.is_err());
    let token = SecretString::from(tokens["refresh_token"].as_str().unwrap());
    let refresh = TokenRequest::Refresh { token, scope: None };
    let client = world.client.parse().unwrap();
    let refused = shorter(599).client_tokens(client, &refresh).await.unwrap_err();
    assert_eq!(refused.error, OAuthError::InvalidGrant);
    assert!(shorter(601).client_tokens(client, &refresh).await.is_ok());
}

#[tokio::test]
async fn rfc6749_6_a_refresh_gives_no_more_than_was_given() {
    let world = World::new().await;
    let code = answer(&world.authorize(&[("scope", "openid email")]).await)["code"].clone();
    let token = world.redeem(&code).await.body()["refresh_token"].as_str().unwrap().to_owned();
    let with = |scope: &'static str| {
        [("grant_type", "refresh_token"), ("refresh_token", token.as_str()), ("scope", scope)].to_vec()
    };
    refused(&world.token(&with("openid profile")).await, 400, "invalid_scope");
    assert_eq!(world.token(&with("openid")).await.status, 200);
    for bad in ["x", ""] {
        let pairs = [("grant_type", "refresh_token"), ("refresh_token", bad)];
        assert_eq!(world.token(&pairs).await.status, 400);
    }
}

#[tokio::test]
async fn s22_userinfo_and_refresh_stop_at_once_when_the_user_is_deactivated() {
    let world = World::new().await;
    let tokens = world.tokens().await;
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 200);
    world.set_active(false).await;
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let answer = world.userinfo(&tokens["access_token"]).await;
    assert_eq!(answer.status, 401);
    assert!(answer.header("www-authenticate").unwrap().contains("error=\"invalid_token\""));
    refused(&world.refresh(refresh).await, 400, "invalid_grant");
    world.set_active(true).await;
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 401, "they stay dead");
    refused(&world.refresh(refresh).await, 400, "invalid_grant");
}

#[tokio::test]
async fn tokens_end_by_time_and_with_the_session_at_the_latest() {
    let world = World::new().await;
    let tokens = world.tokens().await;
    world.clock.advance(600_000);
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 401);
    let mut refresh = tokens["refresh_token"].as_str().unwrap().to_owned();
    // Eleven hours and 55 minutes after the sign-in: the cookie has long been idle.
    world.clock.advance(11 * 3_600_000 + 45 * 60_000);
    let last = world.refresh(&refresh).await.body();
    assert_eq!(last["expires_in"], 300, "no longer than the session");
    refresh = last["refresh_token"].as_str().unwrap().to_owned();
    world.clock.advance(300_000);
    refused(&world.refresh(&refresh).await, 400, "invalid_grant");
    assert_eq!(world.userinfo(&last["access_token"]).await.status, 401);
}

#[tokio::test]
async fn rfc6749_2_3_a_client_says_once_who_it_is_and_proves_it() {
    let world = World::new().await;
    let settings = ClientSettings {
        name: Some("Phone".to_owned()),
        redirect_uris: Some(vec![CALLBACK.to_owned()]),
        ..ClientSettings::default()
    };
    let public = world.site.service.create_client(ClientKind::Public, &settings).await.unwrap();
    assert_eq!(public.reveal(), None);
    let public = public.info.id.to_string();
    let base =
        [("grant_type", "authorization_code"), ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
    let with = |code: &str, more: &[(&str, &str)]| {
        let pairs: Vec<(&str, &str)> =
            base.iter().copied().chain([("code", code)]).chain(more.iter().copied()).collect();
        world.post("/oidc/token", &pairs)
    };
    let (id, secret) = (world.client.as_str(), world.secret.as_str());
    let code = world.code().await;
    let wrong = format!("{}{}", if secret.starts_with('A') { "B" } else { "A" }, &secret[1..]);
    for request in [
        with(&code, &[]),
        with(&code, &[("client_id", id)]),
        with(&code, &[("client_id", id), ("client_secret", &wrong)]),
        with(&code, &[("client_id", id), ("client_secret", "x")]),
        with(&code, &[("client_id", "x"), ("client_secret", secret)]),
        with(&code, &[("client_id", &public), ("client_secret", secret)]),
    ] {
        refused(&reply(request).await, 401, "invalid_client");
    }
    let in_header = reply(with(&code, &[]).basic_auth(id, Some(&wrong))).await;
    refused(&in_header, 401, "invalid_client");
    assert_eq!(in_header.header("www-authenticate"), Some("Basic realm=\"clients\""));
    for request in [
        with(&code, &[("client_secret", secret)]).basic_auth(id, Some(secret)),
        with(&code, &[("client_id", &public)]).basic_auth(id, Some(secret)),
        with(&code, &[]).bearer_auth(secret),
        with(&code, &[("client_id", id), ("client_id", id), ("client_secret", secret)]),
    ] {
        refused(&reply(request).await, 400, "invalid_request");
    }
    let in_form = with(&code, &[("client_id", id), ("client_secret", secret)]);
    assert_eq!(reply(in_form).await.status, 200);

    let code = answer(&world.authorize(&[("client_id", &public)]).await)["code"].clone();
    assert_eq!(reply(with(&code, &[("client_id", &public)])).await.status, 200);
    let get = world.get("/oidc/token", &[("grant_type", "authorization_code")]);
    assert_eq!(reply(get).await.status, 405);
    let json = world.browser.post(world.site.url("/oidc/token")).json(&json!({"grant_type": "x"}));
    refused(&reply(json).await, 400, "invalid_request");
}

#[tokio::test]
async fn e5_2_no_token_opens_what_another_kind_is_for() {
    let world = World::new().await;
    let tokens = world.tokens().await;
    let api = world.site.api_token(enroll_domain::Scope::Admin).await;
    for wrong in [&tokens["refresh_token"], &tokens["id_token"], &json!(api), &json!(world.site.scim_token)] {
        assert_eq!(world.userinfo(wrong).await.status, 401);
    }
    let none =
        reply(world.browser.get(world.site.url("/oidc/userinfo")).header("cookie", &world.cookie)).await;
    assert_eq!(
        (none.status.as_u16(), none.header("www-authenticate")),
        (401, Some("Bearer realm=\"userinfo\""))
    );
    let access: &Value = &tokens["access_token"];
    for path in ["/scim/v2/Users", "/api/v1/organizations", "/api/v1/me"] {
        let request = world.site.bare("GET", path).bearer_auth(access.as_str().unwrap());
        assert_eq!(reply(request).await.status, 401, "{path}");
    }
    let pairs = [("grant_type", "refresh_token"), ("refresh_token", access.as_str().unwrap())];
    refused(&world.token(&pairs).await, 400, "invalid_grant");
}
