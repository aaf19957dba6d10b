//! `GET /api/v1/jwks.json`: the public keys of security event tokens (RFC 7517).

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use schemars::JsonSchema;
use serde_json::{Map, Value};

use super::Problem;
use crate::App;
use crate::openapi::{Answer, Routes, Sketch, op};

/// A set of keys as it is written.
pub(crate) struct Keys(String);

/// A set of keys (RFC 7517 §5).
#[derive(JsonSchema)]
#[schemars(rename = "KeySet")]
struct KeySet {
    /// The keys.
    #[expect(dead_code, reason = "describes what the service gives as JSON")]
    keys: Vec<Map<String, Value>>,
}

impl IntoResponse for Keys {
    fn into_response(self) -> Response {
        ([(CONTENT_TYPE, "application/jwk-set+json")], self.0).into_response()
    }
}

impl Answer for Keys {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives::<KeySet>("application/jwk-set+json");
    }
}

/// Needs no token: receivers of security event tokens have none, and the keys are public.
pub(crate) async fn keys(State(app): State<App>) -> Result<Keys, Problem> {
    Ok(Keys(app.service().security_event_keys()?.to_string()))
}

pub(crate) fn routes() -> Routes {
    let keys = op("listKeys", "The public keys that security event tokens are checked with (RFC 7517)");
    let keys = keys.ok("The keys; none before the first webhook that gets tokens");
    Routes::of("Webhooks").get("/jwks.json", self::keys, keys)
}
