//! `/api/v1/audit`: who has changed what and when (enrollment.md §6.3, §6.4), in pages or as a whole.

use axum::Json;
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use enroll_service::{AuditFilter, AuditFormat, ChainedEntry, Service};
use jiff::Timestamp;
use serde_json::json;
use tokio::sync::mpsc;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::{ListParameters, list, listed};
use super::streamed::Streamed;
use crate::App;
use crate::openapi::{Answer, Input, Routes, Sketch, op};
use crate::parse::media_type::JSON_LINES;
use crate::parse::query::Query;

/// Entries read at a time for an export.
const AT_A_TIME: usize = 500;

/// Which entries are asked for, and how.
pub(crate) struct Wanted {
    filter: AuditFilter,
    export: Option<AuditFormat>,
}

impl FromRequestParts<App> for Wanted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _app: &App) -> Result<Self, Problem> {
        let query = Query::new(parts.uri.query());
        let text = |name| query.one(name).map(|value| value.map(Into::into));
        let time = |name: &'static str| {
            let parsed = query.one(name)?.map(|text| text.parse::<Timestamp>());
            parsed.transpose().map_err(|_| {
                Problem::bad_request(format!("{name} is no time: write it as 2026-11-26T08:00:00Z"))
            })
        };
        let action = query.one("action")?.map(|text| text.parse()).transpose();
        let export = match query.one("format")?.as_deref() {
            None => None,
            Some("csv") => Some(AuditFormat::Csv),
            Some("jsonl") => Some(AuditFormat::JsonLines),
            Some(_) => {
                return Err(Problem::bad_request(
                    "format is csv or jsonl; without it the answer is a page of JSON",
                ));
            }
        };
        let filter = AuditFilter {
            user: text("user")?,
            actor: text("actor")?,
            action: action.map_err(|error: enroll_domain::word::UnknownWord| {
                Problem::bad_request(format!("action: {error}"))
            })?,
            subject: text("subject")?,
            directory: text("directory")?,
            since: time("since")?,
            until: time("until")?,
        };
        Ok(Self { filter, export })
    }
}

impl Input for Wanted {
    fn sketch(sketch: &mut Sketch<'_>) {
        let text = || json!({ "type": "string" });
        let time = || json!({ "type": "string", "format": "date-time" });
        let whose = "Only entries about this user or naming her id: handle, userName or id; of one who was deleted the id, or the last userName";
        sketch.query("user", whose, text());
        sketch.query("actor", "Only entries by the token of this label or id", text());
        sketch.query("action", "Only entries with this action, for example user.created", text());
        sketch.query("subject", "Only entries about what has this name or id", text());
        sketch.query("directory", "Only entries of this directory, by name or id", text());
        sketch.query("since", "Only entries made then or later", time());
        sketch.query("until", "Only entries made before", time());
        sketch.query(
            "format",
            "Send all that is asked for as a file, oldest entry first, instead of a page",
            json!({ "type": "string", "enum": ["csv", "jsonl"] }),
        );
        sketch.refuses(404);
        sketch.refuses(409);
    }
}

/// A page, or the file.
pub(crate) enum Trail {
    Page(Json<AuditEntries>),
    File(Response),
}

impl IntoResponse for Trail {
    fn into_response(self) -> Response {
        match self {
            Self::Page(page) => page.into_response(),
            Self::File(file) => file,
        }
    }
}

impl Answer for Trail {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives::<AuditEntries>("application/json");
        sketch.gives_text("text/csv");
        sketch.gives_text(JSON_LINES);
    }
}

list! {
    /// Entries of the audit trail.
    AuditEntries { entries: ChainedEntry }
}

/// A page, newest first; with `format` everything that is asked for, oldest first.
pub(crate) async fn list(
    caller: Authenticated<ToAdminister>,
    Wanted { filter, export }: Wanted,
    ListParameters(page): ListParameters,
) -> Result<Trail, Problem> {
    match export {
        None => Ok(Trail::Page(listed(caller.service.audit_trail(&filter, &page).await?))),
        Some(format) => exported(caller.service, filter, format).await.map(Trail::File),
    }
}

/// Sends the entries page by page: memory does not grow with the trail, and a client that reads slowly holds no snapshot. The first
/// page is read before the answer begins, so that what cannot be read is an error and not half a file.
async fn exported(service: Service, filter: AuditFilter, format: AuditFormat) -> Result<Response, Problem> {
    let mut page = service.audit_export(&filter, 0, AT_A_TIME).await?;
    let (sender, receiver) = mpsc::channel(1);
    tokio::spawn(async move {
        let mut text = Ok(format.header());
        loop {
            let last = page.last().map(|chained| chained.entry.sequence);
            for chained in &page {
                text = text.and_then(|text: String| Ok(text + &format.line(chained)?));
            }
            let failed = text.is_err();
            // A client that has gone away ends the export.
            if sender.send(text.map(Bytes::from)).await.is_err() || failed {
                return;
            }
            let Some(last) = last else { return };
            text = Ok(String::new());
            match service.audit_export(&filter, last, AT_A_TIME).await {
                Ok(next) if next.is_empty() => return,
                Ok(next) => page = next,
                Err(error) => {
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    let (kind, name) = match format {
        AuditFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        AuditFormat::JsonLines => (JSON_LINES, "attachment; filename=\"audit.jsonl\""),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, Body::new(Streamed::begun(receiver).await?)).into_response())
}

pub(crate) fn routes() -> Routes {
    let entries = op("listAuditEntries", "List who has changed what, newest first, or export it");
    Routes::of("Audit").get("/audit", list, entries.ok("A page, or the file"))
}
