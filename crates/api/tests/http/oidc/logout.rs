//! `/oidc/logout`, and what clients are told: RP-Initiated Logout 1.0, Back-Channel Logout 1.0.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use enroll_service::ClientSettings;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::{AFTER, PUBLIC_URL, World, shown, target};
use crate::sessions;
use crate::site::reply;

/// The end of a client that takes logout tokens: answers with these statuses, the last one for ever.
async fn receiver(statuses: &'static [u16]) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let uri = format!("http://{}/logged-out", listener.local_addr().unwrap());
    let bodies = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&bodies);
    tokio::spawn(async move {
        let mut statuses = statuses.iter().cycle();
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let (mut text, mut buffer) = (String::new(), [0; 8192]);
            while !text.contains("logout_token=") || !text.ends_with(|c: char| c.is_ascii_graphic()) {
                let read = stream.read(&mut buffer).await.unwrap();
                text.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
            }
            kept.lock().unwrap().push(text);
            let status = statuses.next().unwrap();
            let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (uri, bodies)
}

async fn told(bodies: &Arc<Mutex<Vec<String>>>, count: usize) -> Vec<String> {
    for _ in 0..400 {
        if bodies.lock().unwrap().len() >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let found = bodies.lock().unwrap().clone();
    assert_eq!(found.len(), count);
    found
}

fn logout_token(request: &str) -> &str {
    assert!(request.starts_with("POST /logged-out HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/x-www-form-urlencoded\r\n"));
    request.split_once("\r\n\r\nlogout_token=").unwrap().1
}

fn with_receiver(uri: &str) -> ClientSettings {
    ClientSettings { logout_uri: Some(uri.to_owned()), ..ClientSettings::default() }
}

async fn me(world: &World, cookie: &str) -> u16 {
    reply(world.site.bare("GET", "/api/v1/me").header("cookie", cookie)).await.status.as_u16()
}

#[tokio::test]
async fn backchannel_2_4_a_client_is_told_that_the_session_of_a_deactivated_user_has_ended() {
    let (uri, bodies) = receiver(&[200]).await;
    let world = World::with(with_receiver(&uri)).await;
    let (_, id_token) = world.read(world.tokens().await["id_token"].as_str().unwrap()).await;
    world.tokens().await;
    let unused = sessions::cookie(&world.site, &world.user).await;
    assert_eq!(me(&world, &unused).await, 200);
    world.set_active(false).await;
    let requests = told(&bodies, 1).await;
    let (head, claims) = world.read(logout_token(&requests[0])).await;
    assert_eq!(head.typ.as_deref(), Some("logout+jwt"));
    assert_eq!((&claims["sub"], &claims["sid"]), (&json!(world.user), &id_token["sid"]));
    assert_eq!(claims["events"], json!({"http://schemas.openid.net/event/backchannel-logout": {}}));
    assert!(claims["jti"].is_string() && claims.get("nonce").is_none());
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    told(&bodies, 1).await;
}

#[tokio::test]
async fn backchannel_2_5_a_message_that_was_not_taken_is_sent_again_later() {
    let (uri, bodies) = receiver(&[500, 400, 204]).await;
    let world = World::with(with_receiver(&uri)).await;
    world.tokens().await;
    world.site.service.revoke_sessions_of("ann").await.unwrap();
    told(&bodies, 1).await;
    for (count, pause) in [(2, 5_000), (3, 30_000)] {
        // The pause begins when the answer to the last attempt was noted.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        told(&bodies, count - 1).await;
        world.clock.advance(pause);
        told(&bodies, count).await;
    }
    let requests = told(&bodies, 3).await;
    let jti = async |request: &String| world.read(logout_token(request)).await.1["jti"].clone();
    assert_eq!(jti(&requests[0]).await, jti(&requests[2]).await, "it is the same message");
    tokio::time::sleep(Duration::from_millis(1500)).await;
    world.clock.advance(24 * 3_600_000);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    told(&bodies, 3).await;
}

#[tokio::test]
async fn threat_s39_no_logout_token_is_sent_inside_a_network_that_is_not_listed() {
    let (uri, bodies) = receiver(&[200]).await;
    for uri in [uri.replace("127.0.0.1", "localhost"), uri] {
        let world = World::reaching("10.0.0.0/8", with_receiver(&uri)).await;
        world.tokens().await;
        world.site.service.revoke_sessions_of("ann").await.unwrap();
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert!(bodies.lock().unwrap().is_empty(), "{uri}");
    }
}

#[tokio::test]
async fn backchannel_2_a_client_without_a_sign_in_in_the_session_is_told_nothing() {
    let (uri, bodies) = receiver(&[200]).await;
    let world = World::with(with_receiver(&uri)).await;
    world.code().await;
    world.site.service.revoke_sessions_of("ann").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(bodies.lock().unwrap().is_empty(), "a code that was never used is no sign-in");
}

#[tokio::test]
async fn rp_initiated_2_the_id_token_of_the_session_signs_out_and_leads_back() {
    let (uri, bodies) = receiver(&[200]).await;
    let world = World::with(with_receiver(&uri)).await;
    let tokens = world.tokens().await;
    let hint = tokens["id_token"].as_str().unwrap();
    let pairs = [("id_token_hint", hint), ("post_logout_redirect_uri", AFTER), ("state", "s 1")];
    let out = reply(world.get("/oidc/logout", &pairs).header("cookie", &world.cookie)).await;
    let (uri, parameters) = target(&out);
    assert_eq!((uri.as_str(), parameters["state"].as_str(), parameters.len()), (AFTER, "s 1", 1));
    assert!(out.header("set-cookie").unwrap().ends_with("Max-Age=0"));
    assert_eq!(me(&world, &world.cookie).await, 401);
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 401);
    told(&bodies, 1).await;
    let again = reply(world.get("/oidc/logout", &pairs)).await;
    assert_eq!(target(&again).0, AFTER, "who is signed out already goes back too");
    let plain = reply(world.get("/oidc/logout", &[("id_token_hint", hint)])).await;
    assert!(shown(&plain, 200).contains("signed out"));
}

#[tokio::test]
async fn rp_initiated_2_an_id_token_without_the_cookie_ends_its_session_and_no_other() {
    let world = World::new().await;
    let hint = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    let other = sessions::cookie(&world.site, &world.user).await;
    world.clock.advance(11 * 60_000);
    let out = reply(world.post("/oidc/logout", &[("id_token_hint", &hint)])).await;
    shown(&out, 200);
    assert_eq!((me(&world, &world.cookie).await, me(&world, &other).await), (401, 200));
}

#[tokio::test]
async fn threat_s38_nobody_is_signed_out_by_a_page_of_somebody_else() {
    let world = World::new().await;
    let bob = world.site.user("bob").await;
    let of_bob = sessions::cookie(&world.site, &bob).await;
    let hint = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    let client = world.client.clone();
    let ways: [&[(&str, &str)]; 4] = [
        &[],
        &[("id_token_hint", &hint)],
        &[("client_id", &client), ("post_logout_redirect_uri", AFTER), ("state", "\"><script>")],
        &[("confirmed", "yes")],
    ];
    for pairs in ways {
        for origin in [None, Some("https://evil.example.com"), Some("null")] {
            for request in [world.get("/oidc/logout", pairs), world.post("/oidc/logout", pairs)] {
                let request = request.header("cookie", &of_bob);
                let request =
                    origin.into_iter().fold(request, |request, origin| request.header("origin", origin));
                let asked = reply(request).await;
                assert!(shown(&asked, 200).contains("<button type=\"submit\">Sign out</button>"));
                assert!(!asked.text.contains("<script>"));
                assert_eq!(me(&world, &of_bob).await, 200);
            }
        }
    }
    let asked = reply(world.get("/oidc/logout", ways[2]).header("cookie", &of_bob)).await;
    assert!(asked.text.contains("Shop asks to sign you out"));
    let policy = asked.header("content-security-policy").unwrap();
    assert!(policy.ends_with("form-action 'self' https:"), "the client may send on: {policy}");
    let mut confirmed = ways[2].to_vec();
    confirmed.push(("confirmed", "yes"));
    let confirm =
        world.post("/oidc/logout", &confirmed).header("cookie", &of_bob).header("origin", PUBLIC_URL);
    let (uri, parameters) = target(&reply(confirm).await);
    assert_eq!((uri.as_str(), parameters["state"].as_str()), (AFTER, "\"><script>"));
    assert_eq!(me(&world, &of_bob).await, 401);
}

#[tokio::test]
async fn rp_initiated_3_nobody_is_sent_where_the_client_is_not_registered() {
    let world = World::new().await;
    let hint = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    let hint = ("id_token_hint", hint.as_str());
    for uri in
        ["https://evil.example.com/", "https://app.example.com/bye/", super::CALLBACK, "//evil.example.com"]
    {
        let back = ("post_logout_redirect_uri", uri);
        let page = reply(world.get("/oidc/logout", &[hint, back]).header("cookie", &world.cookie)).await;
        assert!(shown(&page, 400).contains("post_logout_redirect_uri"), "{uri}");
    }
    let nobody = [("post_logout_redirect_uri", AFTER)];
    shown(&reply(world.get("/oidc/logout", &nobody).header("cookie", &world.cookie)).await, 400);
    let other = [hint, ("client_id", "018f0000-0000-7000-8000-000000000001")];
    shown(&reply(world.get("/oidc/logout", &other).header("cookie", &world.cookie)).await, 400);
    assert_eq!(me(&world, &world.cookie).await, 200, "nothing has ended");
    let forged: Vec<&str> = hint.1.split('.').collect();
    let forged = format!("{}.{}.{}", forged[0], forged[1], "A".repeat(forged[2].len()));
    let asked =
        reply(world.get("/oidc/logout", &[("id_token_hint", &forged)]).header("cookie", &world.cookie)).await;
    assert!(shown(&asked, 200).contains("Sign out?"));
    assert_eq!(me(&world, &world.cookie).await, 200);
}

#[tokio::test]
async fn a_client_that_was_deleted_is_given_nothing_more() {
    let (uri, bodies) = receiver(&[200]).await;
    let world = World::with(with_receiver(&uri)).await;
    let tokens: Value = world.tokens().await;
    world.site.service.delete_client(&world.client).await.unwrap();
    assert_eq!(world.userinfo(&tokens["access_token"]).await.status, 401);
    super::refused(&world.refresh(tokens["refresh_token"].as_str().unwrap()).await, 401, "invalid_client");
    shown(&world.authorize(&[]).await, 400);
    world.site.service.revoke_sessions_of("ann").await.unwrap();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert!(bodies.lock().unwrap().is_empty());
}
