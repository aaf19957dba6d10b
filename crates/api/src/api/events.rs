//! `GET /api/v1/events`: the feed of what has changed (enrollment.md §6.2).

use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use enroll_domain::event::TypeFilter;
use enroll_service::{EventPage, EventPlace, EventQuery};
use serde_json::json;

use super::Problem;
use super::authenticated::{Authenticated, ToRead};
use crate::App;
use crate::openapi::{Input, Routes, Sketch, op};
use crate::parse::query::Query;

/// The longest time a request waits for an event: safely below what a request may take.
const LONGEST_WAIT: Duration = Duration::from_secs(25);

/// What the query asks for.
pub(crate) struct Asked {
    query: EventQuery,
    wait: Duration,
}

impl FromRequestParts<App> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let options = app.service().options();
        let after = match query.one("after")? {
            None => EventPlace::Oldest,
            Some(text) if text == "newest" => EventPlace::Newest,
            Some(text) => {
                let place = text.parse().ok().filter(|sequence| *sequence >= 0);
                let place = place.ok_or_else(|| {
                    Problem::bad_request("after is the `next` of an earlier answer, or `newest`")
                })?;
                EventPlace::Behind(place)
            }
        };
        let types = query.one("type")?.unwrap_or_default().parse::<TypeFilter>();
        let limit = query.number("limit")?.unwrap_or(options.default_page_size.into());
        let wait = query.number("wait")?.unwrap_or(0).max(0);
        let query = EventQuery {
            after,
            directory: query.one("directory")?.map(Into::into),
            types: types.map_err(|error| Problem::bad_request(format!("type: {error}")))?,
            limit: u32::try_from(limit.max(1)).unwrap_or(u32::MAX).clamp(1, options.max_page_size),
        };
        let wait = Duration::from_secs(u64::try_from(wait).unwrap_or_default());
        Ok(Self { query, wait: wait.min(LONGEST_WAIT) })
    }
}

impl Input for Asked {
    fn sketch(sketch: &mut Sketch<'_>) {
        let text = || json!({ "type": "string" });
        sketch.query(
            "after",
            "The `next` of the answer before, or `newest` for what comes from now on; without it, from the oldest event that is kept",
            json!({ "type": "string", "pattern": "^(newest|[0-9]+)$" }),
        );
        sketch.query("directory", "Only events of this directory, by name or id", text());
        sketch.query("type", "Only these types, with commas between; `group.*` is all of a kind", text());
        let wait = "While there are none, wait so many seconds for the first; 25 at most";
        sketch.query("wait", wait, json!({ "type": "integer" }));
        sketch.shares_query("limit");
    }
}

/// The events behind a place; with `wait`, as soon as there are some. A server on its way out lets nobody wait.
pub(crate) async fn events(
    State(app): State<App>,
    _caller: Authenticated<ToRead>,
    Asked { query, wait }: Asked,
) -> Result<Json<EventPage>, Problem> {
    let waited = tokio::select! {
        waited = app.service().wait_for_events(&query, wait) => Some(waited?),
        () = app.drain().begun() => None,
    };
    Ok(Json(match waited {
        Some(page) => page,
        None => app.service().events(&query).await?,
    }))
}

pub(crate) fn routes() -> Routes {
    let events = op("listEvents", "Read what has changed, in order and without gaps");
    Routes::of("Events").get("/events", self::events, events.ok("Events").refuses(&[404, 410]))
}
