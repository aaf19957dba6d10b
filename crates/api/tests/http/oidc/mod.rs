//! Enroll as OpenID Provider: OpenID Connect Core 1.0, RFC 6749, RFC 7636, RFC 9207, RFC 9700; threat S22.

mod authorize;
mod clients;
mod keys;
mod logout;
mod token;

use std::collections::BTreeMap;

use data_encoding::BASE64URL_NOPAD;
use enroll_api::HttpConfig;
use enroll_domain::{ClientKind, Role};
use enroll_service::{ClientSettings, Clock};
use jiff::Timestamp;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{DecodingKey, Validation};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::sessions;
use crate::site::{PUBLIC_URL, Reply, Site, patch, reply, user};

const START: Timestamp = Timestamp::constant(1_790_000_000, 0);
const CALLBACK: &str = "https://app.example.com/callback";
const AFTER: &str = "https://app.example.com/bye";
const VERIFIER: &str = "a-verifier-of-enough-characters-0123456789-abcdef";

/// A site with a user who has signed in, and a confidential client.
struct World {
    site: Site,
    clock: Clock,
    browser: Client,
    user: String,
    cookie: String,
    client: String,
    secret: String,
}

impl World {
    async fn new() -> Self {
        Self::with(ClientSettings::default()).await
    }

    async fn with(settings: ClientSettings) -> Self {
        Self::reaching("127.0.0.0/8", settings).await
    }

    /// One whose server may reach these networks besides the internet.
    async fn reaching(networks: &str, settings: ClientSettings) -> Self {
        let clock = Clock::manual(START);
        let config = HttpConfig {
            rate_limit: None,
            outbound_networks: networks.parse().unwrap(),
            ..HttpConfig::default()
        };
        let site = Site::at(clock.clone(), config).await;
        let mut body = user("Ann@example.com");
        body["name"] = json!({"givenName": "Ann", "familyName": "Archer"});
        body["emails"] = json!([{"value": "old@example.com"}, {"value": "ann@example.com", "primary": true}]);
        let user = site.send("POST", "/scim/v2/Users", &body).await.body()["id"].as_str().unwrap().to_owned();
        site.service.grant("acme", "ann", Role::Writer).await.unwrap();
        let cookie = sessions::cookie(&site, &user).await;
        let browser = Client::builder().redirect(Policy::none()).build().unwrap();
        let settings = ClientSettings {
            name: Some("Shop".to_owned()),
            redirect_uris: Some(vec![CALLBACK.to_owned(), "http://127.0.0.1:3000/cb".to_owned()]),
            post_logout_uris: Some(vec![AFTER.to_owned()]),
            ..settings
        };
        let made = site.service.create_client(ClientKind::Confidential, &settings).await.unwrap();
        let (client, secret) = (made.info.id.to_string(), made.reveal().unwrap().to_owned());
        Self { site, clock, browser, user, cookie, client, secret }
    }

    fn get(&self, path: &str, pairs: &[(&str, &str)]) -> RequestBuilder {
        self.browser.get(self.site.url(&format!("{path}?{}", encode(pairs))))
    }

    fn post(&self, path: &str, pairs: &[(&str, &str)]) -> RequestBuilder {
        let request = self.browser.post(self.site.url(path)).body(encode(pairs));
        request.header("content-type", "application/x-www-form-urlencoded")
    }

    /// A good request for a code with parameters added or replaced; an empty value takes one out.
    fn wish<'w>(&'w self, changes: &[(&'w str, &'w str)]) -> Vec<(&'w str, String)> {
        let mut pairs: Vec<(&str, String)> = vec![
            ("response_type", "code".to_owned()),
            ("client_id", self.client.clone()),
            ("redirect_uri", CALLBACK.to_owned()),
            ("scope", "openid profile email organizations groups".to_owned()),
            ("state", "a&b=c".to_owned()),
            ("nonce", "n-1".to_owned()),
            ("code_challenge", challenge(VERIFIER)),
            ("code_challenge_method", "S256".to_owned()),
        ];
        for (name, value) in changes {
            pairs.retain(|(key, _)| key != name);
            if !value.is_empty() {
                pairs.push((name, (*value).to_owned()));
            }
        }
        pairs
    }

    async fn authorize_as(&self, cookie: Option<&str>, changes: &[(&str, &str)]) -> Reply {
        let pairs = self.wish(changes);
        let pairs: Vec<(&str, &str)> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut request = self.get("/oidc/authorize", &pairs);
        if let Some(cookie) = cookie {
            request = request.header("cookie", cookie);
        }
        reply(request).await
    }

    async fn authorize(&self, changes: &[(&str, &str)]) -> Reply {
        self.authorize_as(Some(&self.cookie), changes).await
    }

    /// A code for the user who has signed in.
    async fn code(&self) -> String {
        answer(&self.authorize(&[]).await)["code"].clone()
    }

    async fn token(&self, pairs: &[(&str, &str)]) -> Reply {
        reply(self.post("/oidc/token", pairs).basic_auth(&self.client, Some(&self.secret))).await
    }

    async fn redeem(&self, code: &str) -> Reply {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ])
        .await
    }

    async fn refresh(&self, token: &str) -> Reply {
        self.token(&[("grant_type", "refresh_token"), ("refresh_token", token)]).await
    }

    /// Tokens of a whole flow.
    async fn tokens(&self) -> Value {
        let answer = self.redeem(&self.code().await).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        answer.body()
    }

    async fn userinfo(&self, token: &Value) -> Reply {
        reply(self.browser.get(self.site.url("/oidc/userinfo")).bearer_auth(token.as_str().unwrap())).await
    }

    async fn set_active(&self, active: bool) {
        let change = patch(&json!([{"op": "replace", "path": "active", "value": active}]));
        let path = format!("/scim/v2/Users/{}", self.user);
        assert_eq!(self.site.send("PATCH", &path, &change).await.status, 200);
    }

    /// Checks the signature of a token of this server with its published keys and gives its head and its claims.
    async fn read(&self, token: &str) -> (jsonwebtoken::Header, Value) {
        let keys = reply(self.browser.get(self.site.url("/oidc/jwks"))).await;
        let keys: JwkSet = serde_json::from_str(&keys.text).unwrap();
        let header = jsonwebtoken::decode_header(token).unwrap();
        let key = DecodingKey::from_jwk(keys.find(header.kid.as_deref().unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(header.alg);
        validation.validate_exp = false;
        validation.set_audience(&[&self.client]);
        validation.set_issuer(&[PUBLIC_URL]);
        let read = jsonwebtoken::decode::<Value>(token, &key, &validation).unwrap();
        (read.header, read.claims)
    }
}

fn encode(pairs: &[(&str, &str)]) -> String {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    let encoded = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> =
        pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    pairs.join("&")
}

fn challenge(verifier: &str) -> String {
    BASE64URL_NOPAD.encode(&Sha256::digest(verifier))
}

/// Where a redirect leads: the part before the query, and the parameters.
fn target(reply: &Reply) -> (String, BTreeMap<String, String>) {
    assert_eq!(reply.status, 303, "{}", reply.text);
    let location = reply.header("location").unwrap();
    let (uri, query) = location.split_once('?').unwrap_or((location, ""));
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_encoding::percent_decode_str(&text).decode_utf8().unwrap().into_owned()
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    (uri.to_owned(), pairs.map(|(name, value)| (decode(name), decode(value))).collect())
}

/// The parameters of an answer to the client.
fn answer(reply: &Reply) -> BTreeMap<String, String> {
    let (uri, pairs) = target(reply);
    assert_eq!(uri, CALLBACK);
    assert_eq!(pairs["iss"], PUBLIC_URL, "RFC 9207");
    assert_eq!(reply.header("referrer-policy"), Some("no-referrer"));
    pairs
}

/// Asserts that a client is refused and gives the sentence.
fn refused(reply: &Reply, status: u16, error: &str) -> String {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    let body = reply.body();
    assert_eq!(body["error"], error, "{}", reply.text);
    body["error_description"].as_str().unwrap().to_owned()
}

/// Asserts that a page is shown that leads nowhere.
fn shown(reply: &Reply, status: u16) -> &str {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert_eq!(reply.header("content-type"), Some("text/html; charset=utf-8"));
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; base-uri 'none'; frame-ancestors 'none'"), "{policy}");
    assert!(!policy.contains("script") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(reply.header("location"), None);
    if status >= 400 {
        assert!(reply.text.contains(reply.header("x-request-id").unwrap()), "{}", reply.text);
    }
    &reply.text
}

/// What the audit trail is to tell of: a sign-in to a client, and its code used twice. Gives the id of the user too.
pub(crate) async fn signed_in_and_code_used_twice() -> (Site, String) {
    let world = World::new().await;
    let code = world.code().await;
    assert_eq!(world.redeem(&code).await.status, 200);
    refused(&world.redeem(&code).await, 400, "invalid_grant");
    (world.site, world.user)
}
