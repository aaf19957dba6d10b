//! The body of a change: one JSON object whose members are all known (threat S16), bounded while it is read (S27).

use std::marker::PhantomData;

use axum::extract::{FromRequest, Request};
use bytes::Bytes;
use enroll_scim::json::parse_object;
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::Problem;
use crate::App;
use crate::openapi::{Input, Sketch};
use crate::parse::media_type;
use crate::scim::body::{Limit, bytes};

/// What a text of one line looks like, as a regular expression.
pub(super) const ONE_LINE: &str = r"^[^\x00-\x1f\x7f]+$";

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

impl<T: JsonSchema> Input for Body<T> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes::<T>();
        sketch.refuses(415);
    }
}

/// A body of text, for a use case that reads JSON by rules of its own; `T` is what such JSON looks like.
pub(crate) struct TextBody<T>(pub(crate) String, pub(crate) PhantomData<T>);

impl<T: JsonSchema> Input for TextBody<T> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes::<T>();
    }
}

impl<T> FromRequest<App> for TextBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let text = String::from_utf8(read(request, app).await?.into());
        text.map(|text| Self(text, PhantomData)).map_err(|_| Problem::bad_request("the body is not UTF-8"))
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
