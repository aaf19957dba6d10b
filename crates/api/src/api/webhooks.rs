//! `/api/v1/webhooks`: where events are sent (enrollment.md §6.2).

use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::{Extension, Json};
use enroll_domain::delivery::{DeliveryStatus, WebhookFormat};
use enroll_domain::event::TypeFilter;
use enroll_domain::time::Moment;
use enroll_service::{
    DeliveryInfo, NewWebhook, Versioned as _, WebhookChange, WebhookInfo, WebhookWithSecret,
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister, ToRead};
use super::body::{Body, given};
use super::idempotency::ShownOnce;
use super::list::{ListParameters, list};
use super::version::{Expected, Tag, current, versioned};
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// A webhook to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewWebhook")]
pub(crate) struct New {
    /// Where events are sent.
    #[schemars(example = &"https://example.com/hook")]
    url: String,
    /// Which types, for example `user.created` or `group.*`; none for all.
    #[serde(default)]
    types: Vec<String>,
    /// Name or id of the directory whose events are sent; of all without it.
    #[serde(default, deserialize_with = "given")]
    directory: Option<String>,
    /// In which form; `events` without it.
    #[serde(default, deserialize_with = "given")]
    format: Option<WebhookFormat>,
    /// Nothing is sent at first; events wait.
    #[serde(default)]
    paused: bool,
    /// 409 where there is one to this URL, of this directory and in this form already.
    #[serde(default, rename = "unlessThere")]
    unless_there: bool,
}

/// What to change; what is left out stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "WebhookChange")]
pub(crate) struct Change {
    /// Where events are sent.
    #[serde(default, deserialize_with = "given")]
    url: Option<String>,
    /// Which types; none for all.
    #[serde(default, deserialize_with = "given")]
    types: Option<Vec<String>>,
    /// Nothing is sent; events wait.
    #[serde(default, deserialize_with = "given")]
    paused: Option<bool>,
}

/// From where to send anew.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Replay {
    /// The sequence of the first event to be sent.
    from: i64,
}

fn types(names: &[String]) -> Result<TypeFilter, Problem> {
    names.join(",").parse().map_err(|error| Problem::bad_request(format!("types: {error}")))
}

/// Refuses what could never be reached from here: nobody would see it before events are missed.
fn reachable(app: &App, url: &str) -> Result<(), Problem> {
    let allowed = app.config().outbound_networks.check_url(url);
    allowed.map_err(|refused| Problem::bad_request(format!("url: {refused}")))
}

/// A webhook with its secret, as it is shown once.
#[derive(Serialize, JsonSchema)]
pub(crate) struct WebhookAndSecret {
    #[serde(flatten)]
    info: WebhookInfo,
    /// What its messages are signed with: shown when it is made and when it is changed.
    secret: String,
}

impl From<WebhookWithSecret> for WebhookAndSecret {
    fn from(made: WebhookWithSecret) -> Self {
        Self { secret: made.reveal().to_owned(), info: made.info }
    }
}

/// All webhooks.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Webhooks {
    /// Oldest first.
    webhooks: Vec<WebhookInfo>,
}

/// A test that will be made.
#[derive(Serialize, JsonSchema)]
pub(crate) struct TestAsked {
    /// When it was asked for.
    #[schemars(with = "Moment")]
    asked: Timestamp,
}

list! {
    /// What became of events, the newest first.
    Deliveries { deliveries: DeliveryInfo }
}

/// `status`: which deliveries are asked for.
pub(crate) struct OfStatus(Option<DeliveryStatus>);

impl FromRequestParts<App> for OfStatus {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let status = Query::new(parts.uri.query()).one("status")?;
        let status = status.map(|word| word.parse::<DeliveryStatus>()).transpose();
        status.map(Self).map_err(|error| Problem::bad_request(format!("status: {error}")))
    }
}

impl Input for OfStatus {
    fn sketch(sketch: &mut Sketch<'_>) {
        let schema = sketch.read::<DeliveryStatus>();
        sketch.query("status", "Only those of this status", schema);
    }
}

/// All of them, oldest first: there are never many.
pub(crate) async fn list(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
) -> Result<Json<Webhooks>, Problem> {
    Ok(Json(Webhooks { webhooks: app.service().webhooks().await? }))
}

/// Makes one: 201, with its secret.
pub(crate) async fn create(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Body(new): Body<New>,
) -> Result<(StatusCode, Tag, Extension<ShownOnce>, Json<WebhookAndSecret>), Problem> {
    reachable(&app, &new.url)?;
    let new = NewWebhook {
        url: new.url,
        types: types(&new.types)?,
        directory: new.directory,
        format: new.format.unwrap_or(WebhookFormat::Events),
        paused: new.paused,
        unless_there: new.unless_there,
    };
    let made = caller.service.create_webhook(&new).await?;
    let (tag, body) = versioned(made.info.version(), made.into());
    Ok((StatusCode::CREATED, tag, Extension(ShownOnce), body))
}

/// One, by id.
pub(crate) async fn read(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(webhook): Path<String>,
) -> Result<(Tag, Json<WebhookInfo>), Problem> {
    Ok(current(app.service().webhook(&webhook).await?))
}

/// Sends one elsewhere, or other events; pauses or resumes it.
pub(crate) async fn change(
    State(app): State<App>,
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
    Expected(expected): Expected,
    Body(change): Body<Change>,
) -> Result<(Tag, Json<WebhookInfo>), Problem> {
    change.url.as_deref().map_or(Ok(()), |url| reachable(&app, url))?;
    let types = change.types.as_deref().map(types).transpose()?;
    let change = WebhookChange { url: change.url, types, paused: change.paused };
    Ok(current(caller.service.expecting(expected).change_webhook(&webhook, &change).await?))
}

/// Removes one.
pub(crate) async fn delete(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
    Expected(expected): Expected,
) -> Result<StatusCode, Problem> {
    caller.service.expecting(expected).remove_webhook(&webhook).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Has a test message sent: 202. What became of it is the delivery of sequence 0.
pub(crate) async fn test(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
) -> Result<(StatusCode, Json<TestAsked>), Problem> {
    let asked = caller.service.test_webhook(&webhook).await?;
    Ok((StatusCode::ACCEPTED, Json(TestAsked { asked })))
}

/// Sends events anew, with the ids that they had.
pub(crate) async fn replay(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
    Body(Replay { from }): Body<Replay>,
) -> Result<Json<WebhookInfo>, Problem> {
    Ok(Json(caller.service.replay_webhook(&webhook, from).await?))
}

/// Gives one another secret; the one before signs too for 24 hours, unless an older one still does.
pub(crate) async fn rotate(
    caller: Authenticated<ToAdminister>,
    Path(webhook): Path<String>,
) -> Result<(Extension<ShownOnce>, Json<WebhookAndSecret>), Problem> {
    let made = caller.service.rotate_webhook_secret(&webhook).await?;
    Ok((Extension(ShownOnce), Json(made.into())))
}

/// What became of its events, the newest first; of one `status`, or all.
pub(crate) async fn deliveries(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Path(webhook): Path<String>,
    OfStatus(status): OfStatus,
    ListParameters(page): ListParameters,
) -> Result<Json<Deliveries>, Problem> {
    let before = page.after.as_deref().map(str::parse::<i64>).transpose();
    let before = before.map_err(|_| Problem::bad_request("after is not the `next` of an earlier page"))?;
    let found = app.service().webhook_deliveries(&webhook, status, before, page.limit).await?;
    let full = u32::try_from(found.len()).is_ok_and(|count| count >= page.limit);
    let next = found.last().filter(|_| full).map(|last| last.sequence.to_string());
    Ok(Json(Deliveries { deliveries: found, next }))
}

/// What of it is reached where.
pub(crate) fn routes() -> Routes {
    Routes::of("Webhooks")
        .get("/webhooks", list, op("listWebhooks", "List the webhooks, oldest first").ok("All of them"))
        .post(
            "/webhooks",
            create,
            op("createWebhook", "Send events to a URL from now on")
                .created("The webhook, with the secret that its events are signed with")
                .refuses(&[404, 409]),
        )
        .get("/webhooks/{webhook}", read, op("readWebhook", "Read a webhook").ok("The webhook"))
        .patch(
            "/webhooks/{webhook}",
            change,
            op("changeWebhook", "Change, pause or resume a webhook").ok("The webhook"),
        )
        .delete("/webhooks/{webhook}", delete, op("deleteWebhook", "Remove a webhook").gone("It is gone"))
        .post(
            "/webhooks/{webhook}/test",
            test,
            op("testWebhook", "Have a test message sent; its outcome is the delivery of sequence 0")
                .answers(202, "It is sent shortly"),
        )
        .post(
            "/webhooks/{webhook}/replay",
            replay,
            op("replayWebhook", "Send events anew, with the ids that they had")
                .ok("The webhook")
                .refuses(&[410]),
        )
        .post(
            "/webhooks/{webhook}/rotate-secret",
            rotate,
            op("rotateWebhookSecret", "Give a webhook another secret; the one before signs too for 24 hours, unless an older one still does")
                .ok("The webhook, with its new secret"),
        )
        .get(
            "/webhooks/{webhook}/deliveries",
            deliveries,
            op("listDeliveries", "What became of the events, the newest first").ok("A page"),
        )
}
