//! Discovery and keys: OpenID Connect Discovery 1.0, Core 1.0 §10.

use serde_json::{Value, json};

use super::{PUBLIC_URL, World};
use crate::site::{Reply, reply};

async fn jwks(world: &World) -> Vec<Value> {
    let answer = reply(world.browser.get(world.site.url("/oidc/jwks"))).await;
    assert_eq!((answer.status.as_u16(), answer.header("cache-control")), (200, Some("public, max-age=300")));
    answer.body()["keys"].as_array().unwrap().clone()
}

fn kids(keys: &[Value]) -> Vec<String> {
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

async fn signs(world: &World) -> String {
    let token = world.tokens().await["id_token"].as_str().unwrap().to_owned();
    world.read(&token).await.0.kid.unwrap()
}

#[tokio::test]
async fn discovery_3_the_document_names_what_there_is() {
    let world = World::new().await;
    let answer: Reply = reply(world.browser.get(world.site.url("/.well-known/openid-configuration"))).await;
    let document = answer.body();
    assert_eq!(document["issuer"], PUBLIC_URL);
    for (name, value) in document.as_object().unwrap() {
        if let Some(path) =
            value.as_str().and_then(|uri| uri.strip_prefix(PUBLIC_URL)).filter(|path| !path.is_empty())
        {
            assert_ne!(reply(world.browser.get(world.site.url(path))).await.status, 404, "{name}");
        }
    }
    assert_eq!(document["code_challenge_methods_supported"], json!(["S256"]));
    assert_eq!(document["response_types_supported"], json!(["code"]));
}

#[tokio::test]
async fn oidc_10_1_1_a_new_key_is_published_before_it_signs_and_an_old_one_after() {
    let world = World::new().await;
    let first = jwks(&world).await;
    assert_eq!(first.len(), 2);
    for key in &first {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k"] {
            assert_eq!(key.get(private), None);
        }
        assert_eq!(key["use"], "sig");
    }
    assert_eq!(jwks(&world).await, first, "keys are made once");
    let beside = world.site.beside().await;
    let other = reply(beside.bare("GET", "/oidc/jwks")).await.body();
    assert_eq!(other["keys"].as_array().unwrap(), &first, "every process has the same");

    let old = signs(&world).await;
    world.clock.advance(1);
    world.site.service.rotate_signing_keys().await.unwrap();
    let both = jwks(&world).await;
    assert_eq!(both.len(), 4);
    assert_eq!(signs(&world).await, old, "clients may not know the new one yet");
    world.clock.advance(10 * 60_000);
    let new = signs(&world).await;
    assert!(new != old && kids(&both).contains(&new) && !kids(&first).contains(&new));
    assert!(kids(&jwks(&world).await).contains(&old));
}

#[tokio::test]
async fn oidc_10_1_1_keys_are_replaced_after_ninety_days_and_forgotten_after_another_week() {
    let world = World::new().await;
    let first = kids(&jwks(&world).await);
    world.clock.advance(90 * 24 * 3_600_000);
    assert_eq!(jwks(&world).await.len(), 4);
    world.clock.advance(8 * 24 * 3_600_000);
    world.site.service.rotate_signing_keys().await.unwrap();
    let now = kids(&jwks(&world).await);
    assert!(first.iter().all(|kid| !now.contains(kid)), "{now:?}");
}
