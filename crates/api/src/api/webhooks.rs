//! `/api/v1/webhooks`: where events are sent (enrollment.md §6.2).

use axum::extract::{Path, RawQuery, State};
use axum::http::StatusCode;
use axum::{Extension, Json};
use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_domain::event::TypeFilter;
use enroll_service::{NewWebhook, WebhookChange, WebhookInfo, WebhookWithSecret};
use serde::Deserialize;
use serde_json::{Value, json};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::idempotency::ShownOnce;
use super::list::ListParameters;
use crate::App;
use crate::parse::query::Query;

/// A webhook to be made.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    url: String,
    #[serde(default)]
    types: Vec<String>,
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    #[serde(default, deserialize_with = "given")]
    format: Option<WebhookFormat>,
}

/// What to change; what is left out stays.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Change {
    #[serde(default, deserialize_with = "given")]
    url: Option<String>,
    #[serde(default, deserialize_with = "given")]
    types: Option<Vec<String>>,
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
}

/// From where to send anew.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    from: i64,
}

fn types(names: &[String]) -> Result<TypeFilter, Problem> {
    names.join(",").parse().map_err(|error| Problem::bad_request(format!("types: {error}")))
}

/// A webhook with its secret, as it is shown once.
fn revealed(made: &WebhookWithSecret) -> Result<Json<Value>, Problem> {
    let mut shown = serde_json::to_value(&made.info).map_err(|error| Problem::unwritable(&error))?;
    if let Some(object) = shown.as_object_mut() {
        object.insert("secret".to_owned(), json!(made.reveal()));
    }
    Ok(Json(shown))
}

/// All of them, oldest first: there are never many.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"webhooks": app.service().webhooks().await?})))
}

/// Makes one: 201, with its secret.
pub(crate) async fn create(
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Extension<ShownOnce>, Json<Value>), Problem> {
    let new = NewWebhook {
        url: new.url,
        types: types(&new.types)?,
        directory: new.directory,
        format: new.format.unwrap_or(WebhookFormat::Events),
    };
    let made = caller.service.create_webhook(&new).await?;
    Ok((StatusCode::CREATED, Extension(ShownOnce), revealed(&made)?))
}

/// One, by id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(webhook): Path<String>,
) -> Result<Json<WebhookInfo>, Problem> {
    Ok(Json(app.service().webhook(&webhook).await?))
}

/// Sends one elsewhere, or other events; pauses or resumes it.
pub(crate) async fn change(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
    Body(change): Body<Change>,
) -> Result<Json<WebhookInfo>, Problem> {
    let types = change.types.as_deref().map(types).transpose()?;
    let change = WebhookChange { url: change.url, types, paused: change.paused };
    Ok(Json(caller.service.change_webhook(&webhook, &change).await?))
}

/// Removes one.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
) -> Result<StatusCode, Problem> {
    caller.service.remove_webhook(&webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a test message sent: 202. What became of it is the delivery of sequence 0.
pub(crate) async fn test(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let asked = caller.service.test_webhook(&webhook).await?;
    Ok((StatusCode::ACCEPTED, Json(json!({"asked": asked}))))
}

/// Sends events anew, with the ids that they had.
pub(crate) async fn replay(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
    Body(Replay { from }): Body<Replay>,
) -> Result<Json<WebhookInfo>, Problem> {
    Ok(Json(caller.service.replay_webhook(&webhook, from).await?))
}

/// Gives one another secret; the one before signs too for 24 hours.
pub(crate) async fn rotate(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
) -> Result<(Extension<ShownOnce>, Json<Value>), Problem> {
    let made = caller.service.rotate_webhook_secret(&webhook).await?;
    Ok((Extension(ShownOnce), revealed(&made)?))
}

/// What became of its events, the newest first; of one `status`, or all.
pub(crate) async fn deliveries(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(webhook): Path<String>,
    RawQuery(query): RawQuery,
    ListParameters(page): ListParameters,
) -> Result<Json<Value>, Problem> {
    let status = Query::new(query.as_deref()).one("status")?;
    let status = status.map(|word| word.parse::<DeliveryStatus>()).transpose();
    let status = status.map_err(|error| Problem::bad_request(format!("status: {error}")))?;
    let before = page.after.as_deref().map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| Problem::bad_request("after is not the `next` of an earlier page"))?;
    let found = app.service().webhook_deliveries(&webhook, status, before, page.limit).await?;
    let full = u32::try_from(found.len()).is_ok_and(|count| count >= page.limit);
    let next = found.last().filter(|_| full).map(|last| last.sequence.to_string());
    let mut body = json!({"deliveries": found});
    if let (Some(next), Some(object)) = (next, body.as_object_mut()) {
        object.insert("next".to_owned(), json!(next));
    }
    Ok(Json(body))
}
