//! A page that knows who its user is.
//!
//! ISSUER=https://enroll.example.com CLIENT_ID=... CLIENT_SECRET=... cargo run

use std::collections::HashMap;
use std::env::var;
use std::error::Error;
use std::sync::{Arc, Mutex};

use axum::extract::{Query, State};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Router, routing::get};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreGenderClaim, CoreProviderMetadata};
use openidconnect::{
    AdditionalClaims, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl,
    Scope, TokenResponse, UserInfoClaims, reqwest,
};
use serde::{Deserialize, Serialize};

/// What discovery finds: where users sign in, where codes become tokens, who they are.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// What Enroll says beyond the standard.
#[derive(Debug, Deserialize, Serialize)]
struct Claims {
    groups: Vec<String>,
}
impl AdditionalClaims for Claims {}

struct App {
    issuer: String,
    client: Client,
    http: reqwest::Client,
    // By cookie. A real application has a store and ends its sessions.
    pending: Mutex<HashMap<String, (CsrfToken, Nonce, PkceCodeVerifier)>>,
    users: Mutex<HashMap<String, String>>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let (issuer, port) = (var("ISSUER")?, var("PORT").unwrap_or("3000".to_owned()));
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let metadata = CoreProviderMetadata::discover_async(IssuerUrl::new(issuer.clone())?, &http).await?;
    let (id, secret) = (ClientId::new(var("CLIENT_ID")?), ClientSecret::new(var("CLIENT_SECRET")?));
    let client = CoreClient::from_provider_metadata(metadata, id, Some(secret))
        .set_redirect_uri(RedirectUrl::new(format!("http://127.0.0.1:{port}/callback"))?);
    let app = Arc::new(App { issuer, client, http, pending: Mutex::default(), users: Mutex::default() });
    let router = Router::new().route("/", get(home)).route("/callback", get(callback)).with_state(app);
    let listener = tokio::net::TcpListener::bind(format!("127.0.0.1:{port}")).await?;
    Ok(axum::serve(listener, router).await?)
}

fn key(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get(COOKIE)?.to_str().ok()?;
    cookies.split("; ").find_map(|cookie| cookie.strip_prefix("app=")).map(str::to_owned)
}

async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    if let Some(user) = key(&headers).and_then(|key| app.users.lock().unwrap().get(&key).cloned()) {
        return format!("Hello {user}\n").into_response();
    }
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (url, state, nonce) = app
        .client
        .authorize_url(CoreAuthenticationFlow::AuthorizationCode, CsrfToken::new_random, Nonce::new_random)
        .add_scopes(["profile", "groups"].map(|scope| Scope::new(scope.to_owned())))
        .set_pkce_challenge(challenge)
        .url();
    let key = CsrfToken::new_random().secret().clone();
    let cookie = format!("app={key}; HttpOnly; SameSite=Lax; Path=/");
    app.pending.lock().unwrap().insert(key, (state, nonce, verifier));
    ([(SET_COOKIE, cookie)], Redirect::to(url.as_str())).into_response()
}

async fn callback(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Query(answer): Query<HashMap<String, String>>,
) -> Response {
    match signed_in(&app, &headers, &answer).await {
        Ok(()) => Redirect::to("/").into_response(),
        Err(error) => {
            eprintln!("{error}");
            (StatusCode::FORBIDDEN, "The sign-in did not work.\n").into_response()
        }
    }
}

async fn signed_in(
    app: &App,
    headers: &HeaderMap,
    answer: &HashMap<String, String>,
) -> Result<(), Box<dyn Error>> {
    let key = key(headers).ok_or("no cookie")?;
    let (state, nonce, verifier) = app.pending.lock().unwrap().remove(&key).ok_or("nothing was begun")?;
    if answer.get("state") != Some(state.secret()) || answer.get("iss") != Some(&app.issuer) {
        return Err("an answer to something else".into());
    }
    let code = AuthorizationCode::new(answer.get("code").ok_or("no code")?.clone());
    let tokens = app.client.exchange_code(code)?.set_pkce_verifier(verifier).request_async(&app.http).await?;
    let id_token = tokens.id_token().ok_or("no ID token")?;
    let subject = id_token.claims(&app.client.id_token_verifier(), &nonce)?.subject().clone();
    let info: UserInfoClaims<Claims, CoreGenderClaim> =
        app.client.user_info(tokens.access_token().clone(), Some(subject))?.request_async(&app.http).await?;
    let name = info.preferred_username().map_or("", |name| name.as_str());
    let user = format!("{name}: {:?}", info.additional_claims().groups);
    app.users.lock().unwrap().insert(key, user);
    Ok(())
}
