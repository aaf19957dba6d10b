//! `/oidc/token`.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderValue;
use axum::http::header::PRAGMA;
use axum::response::{IntoResponse as _, Response};
use enroll_service::{OAuthError, Parameters, Refusal, TokenRequest, Tokens};
use secrecy::ExposeSecret as _;
use serde_json::json;

use super::input::{Input, Unreadable};
use super::{credentials, refused};
use crate::App;

/// Gives tokens for a code or a refresh token.
pub(crate) async fn token(State(app): State<App>, input: Result<Input, Unreadable>) -> Response {
    let input = match input {
        Ok(input) => input,
        Err(Unreadable { text, .. }) => {
            return refused::of_token(&refusal(OAuthError::InvalidRequest, text), false);
        }
    };
    let (credentials, in_header) = match credentials::read(&input.headers, &input.parameters) {
        Ok(read) => read,
        Err(refusal) => return refused::of_token(&refusal, false),
    };
    let answer = async {
        let client = app.service().authenticate_client(&credentials)?;
        input.service(&app).client_tokens(client, &request(&input.parameters)?).await
    };
    match answer.await {
        Ok(tokens) => shown(&tokens),
        Err(refusal) => refused::of_token(&refusal, in_header),
    }
}

fn request(parameters: &Parameters) -> Result<TokenRequest, Refusal> {
    let required = |name: &str| {
        let missing = || refusal(OAuthError::InvalidRequest, &format!("{name} is missing"));
        parameters.one(name)?.map(str::to_owned).ok_or_else(missing)
    };
    match required("grant_type")?.as_str() {
        "authorization_code" => Ok(TokenRequest::Code {
            code: required("code")?.into(),
            redirect_uri: required("redirect_uri")?,
            verifier: required("code_verifier")?.into(),
        }),
        "refresh_token" => Ok(TokenRequest::Refresh {
            token: required("refresh_token")?.into(),
            scope: parameters.one("scope")?.map(str::to_owned),
        }),
        _ => Err(refusal(
            OAuthError::UnsupportedGrantType,
            "grant_type has to be `authorization_code` or `refresh_token`",
        )),
    }
}

fn shown(tokens: &Tokens) -> Response {
    let scopes: Vec<&str> = tokens.scopes.iter().map(|scope| scope.as_str()).collect();
    let body = json!({
        "access_token": tokens.access_token.expose_secret(),
        "token_type": "Bearer",
        "expires_in": tokens.expires_in,
        "refresh_token": tokens.refresh_token.expose_secret(),
        "id_token": tokens.id_token.expose_secret(),
        "scope": scopes.join(" "),
    });
    ([(PRAGMA, HeaderValue::from_static("no-cache"))], Json(body)).into_response()
}

fn refusal(error: OAuthError, description: &str) -> Refusal {
    Refusal { error, description: description.to_owned() }
}
