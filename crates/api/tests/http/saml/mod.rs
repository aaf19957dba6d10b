//! Sign-in by SAML over HTTP, with an identity provider that signs: enrollment.md §4, threats A13 to A19.

mod connection;
mod flow;
mod groups;
mod hostile;
mod login_page;
mod metadata_url;
mod provisioning;
mod single_logout;

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

use enroll_domain::Scope;
use enroll_service::Clock;
use enroll_testkit::idp::{Dialect, KeyKind, ResponseSpec, SigningKey};
use reqwest::header::SET_COOKIE;
use serde_json::{Value, json};

use crate::admin::Caller;
use crate::site::{PUBLIC_URL, Reply, Site, reply};

pub(crate) const IDP: &str = "https://idp.example/entity";
const SSO_URL: &str = "https://idp.example/sso";

/// The key of the identity provider: made once, as that takes a while.
pub(crate) fn key() -> &'static SigningKey {
    static KEY: OnceLock<SigningKey> = OnceLock::new();
    KEY.get_or_init(|| SigningKey::generate(KeyKind::P256))
}

/// Settings of a connection for the identity provider, with more besides.
pub(crate) fn settings(more: &Value) -> Value {
    let mut settings = json!({
        "entityId": IDP,
        "signInUrl": SSO_URL,
        "certificates": [key().certificate_base64()],
        "preset": "okta",
    });
    for (name, value) in more.as_object().unwrap() {
        settings[name] = value.clone();
    }
    settings
}

/// A site whose default directory has a connection.
pub(crate) async fn site(more: &Value) -> Site {
    let site = Site::start().await;
    let set = connect(&site, "default", &settings(more)).await;
    assert_eq!(set.status, 200, "{}", set.text);
    site
}

pub(crate) async fn connect(site: &Site, directory: &str, settings: &Value) -> Reply {
    Caller::admin(site).await.send("PUT", &format!("/directories/{directory}/sso"), settings).await
}

/// A browser: it follows nothing by itself, and keeps its cookies.
pub(crate) struct Browser<'s> {
    pub(crate) site: &'s Site,
    client: reqwest::Client,
    cookies: Vec<(String, String)>,
}

/// A begun sign-in, as the identity provider sees it.
pub(crate) struct Begun {
    pub(crate) request_id: String,
    pub(crate) relay_state: String,
    pub(crate) xml: String,
}

impl<'s> Browser<'s> {
    pub(crate) fn new(site: &'s Site) -> Self {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { site, client, cookies: Vec::new() }
    }

    /// The same browser, at another server of the same service.
    pub(crate) fn at(&self, site: &'s Site) -> Self {
        Self { site, client: self.client.clone(), cookies: self.cookies.clone() }
    }

    pub(crate) fn forget(&mut self, name: &str) {
        self.cookies.retain(|(known, _)| known != name);
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Reply {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = if cookies.is_empty() { request } else { request.header("cookie", cookies.join("; ")) };
        let reply = reply(request).await;
        for set in reply.all(SET_COOKIE.as_str()) {
            let (name, rest) = set.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.retain(|(known, _)| known != name);
            if !value.is_empty() {
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        reply
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        let request = self.client.get(self.site.url(path));
        self.send(request).await
    }

    /// Posts a form from a page of `origin`.
    pub(crate) async fn post(&mut self, path: &str, fields: &[(&str, &str)], origin: &str) -> Reply {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let kind = "application/x-www-form-urlencoded";
        let request = self.client.post(self.site.url(path)).header("content-type", kind).body(form);
        let request = request.header("origin", origin);
        self.send(request).await
    }

    /// Begins a sign-in.
    pub(crate) async fn begin(&mut self, path: &str) -> Begun {
        let sent = self.get(path).await;
        assert_eq!(sent.status, 303, "{}", sent.text);
        begun(sent.header("location").unwrap())
    }

    /// Posts a response to the assertion consumer service, from the page of the identity provider.
    pub(crate) async fn answer(&mut self, spec: &ResponseSpec, relay_state: &str) -> Reply {
        self.answer_to("/saml/acs", spec, relay_state).await
    }

    pub(crate) async fn answer_to(&mut self, path: &str, spec: &ResponseSpec, relay_state: &str) -> Reply {
        let field = spec.form_field(key());
        self.post(path, &[("SAMLResponse", &field), ("RelayState", relay_state)], "https://idp.example").await
    }

    /// A whole sign-in with a response that was changed.
    pub(crate) async fn sign_in(&mut self, change: impl FnOnce(&mut ResponseSpec)) -> Reply {
        let begun = self.begin("/saml/login").await;
        let mut spec = spec(Some(&begun.request_id));
        change(&mut spec);
        self.answer(&spec, &begun.relay_state).await
    }

    pub(crate) async fn me(&mut self) -> Reply {
        self.get("/api/v1/me").await
    }
}

/// Reads the redirect to the identity provider.
fn begun(location: &str) -> Begun {
    let url = reqwest::Url::parse(location).unwrap();
    assert_eq!(url.origin().ascii_serialization(), "https://idp.example");
    let of = |name: &str| url.query_pairs().find(|(known, _)| known == name).unwrap().1.into_owned();
    let packed = data_encoding::BASE64.decode(of("SAMLRequest").as_bytes()).unwrap();
    let xml = String::from_utf8(miniz_oxide::inflate::decompress_to_vec(&packed).unwrap()).unwrap();
    let request_id = xml.split(" ID=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    Begun { request_id, relay_state: of("RelayState"), xml }
}

/// A good response of Okta for Ada, each with an assertion of its own.
pub(crate) fn spec(request: Option<&str>) -> ResponseSpec {
    spec_of(Dialect::Okta, "", request)
}

/// A good response for a directory: `of` is empty for the default one, else a slash and its name.
pub(crate) fn spec_of(dialect: Dialect, of: &str, request: Option<&str>) -> ResponseSpec {
    let (audience, acs) = (format!("{PUBLIC_URL}/saml{of}/metadata"), format!("{PUBLIC_URL}/saml{of}/acs"));
    let mut spec = ResponseSpec::new(dialect, IDP, &audience, &acs, request, Clock::system().now());
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let id = NEXT.fetch_add(1, Ordering::Relaxed);
    spec.assertion_id = format!("_a{id}");
    spec.response_id = format!("_r{id}");
    spec
}

/// Asserts that nobody was let in, and why.
pub(crate) fn refused(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{}", reply.text);
    assert!(reply.text.contains(&format!("<code>{code}</code>")), "{code}: {}", reply.text);
    assert_eq!(reply.header("set-cookie"), None);
    let policy = reply.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("script"), "{policy}");
    assert!(reply.text.contains(reply.header("x-request-id").unwrap()), "{}", reply.text);
}

/// The codes of the sign-ins that are kept, the last one first.
pub(crate) async fn codes(site: &Site) -> Vec<String> {
    let caller = Caller::with(site, Scope::Admin).await;
    let kept = caller.get("/directories/default/sign-ins").await.body();
    let kept = kept["signIns"].as_array().unwrap().clone();
    kept.iter().map(|one| one["code"].as_str().unwrap().to_owned()).collect()
}
