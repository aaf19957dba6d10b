//! The body of a change: one JSON object whose members are all known (threat S16), bounded while it is read (S27).

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use enroll_scim::json::parse_object;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Problem;
use crate::App;
use crate::parse::media_type;
use crate::scim::body::{Limit, bytes};

/// A body that is a JSON object, read as `T`. What `T` does not know is refused and named: a misspelt member is not a setting
/// that silently stays as it is.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<App> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        media_type::check_body(request.headers())?;
        let object = parse_object(&read(request, app).await?, app.service().limits())?;
        serde_path_to_error::deserialize(Value::Object(object)).map(Self).map_err(|error| {
            let path = error.path().to_string();
            let place = if path == "." { String::new() } else { format!("{path}: ") };
            Problem::bad_request(format!("{place}{}", error.into_inner()))
        })
    }
}

/// A body of text, for a use case that reads JSON by rules of its own.
pub(crate) struct TextBody(pub(crate) String);

impl FromRequest<App> for TextBody {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let text = String::from_utf8(read(request, app).await?.into());
        text.map(Self).map_err(|_| Problem::bad_request("the body is not UTF-8"))
    }
}

pub(crate) async fn read(request: Request, app: &App) -> Result<Bytes, Problem> {
    let limit = Limit { bytes: app.config().body_bytes, name: "", advice: "send less at a time" };
    Ok(bytes(request, app, limit).await?)
}

/// A member that may be left out, but not be `null`: nobody has to guess whether `null` keeps or clears it.
pub(super) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
