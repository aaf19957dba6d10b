//! `/api/v1/audit`: who has changed what and when (enrollment.md §6.3, §6.4), in pages or as a whole.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody};
use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use enroll_service::{AuditFilter, AuditFormat, Error, Service};
use hyper::body::Frame;
use jiff::Timestamp;
use tokio::sync::mpsc;

use super::Problem;
use super::authenticated::{Authenticated, ToAdminister};
use super::list::{ListParameters, listed};
use crate::App;
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

/// A page, newest first; with `format` everything that is asked for, oldest first.
pub(crate) async fn list(
    caller: Authenticated<ToAdminister>,
    Wanted { filter, export }: Wanted,
    ListParameters(page): ListParameters,
) -> Result<Response, Problem> {
    match export {
        None => Ok(listed("entries", caller.service.audit_trail(&filter, &page).await?)?.into_response()),
        Some(format) => exported(caller.service, filter, format).await,
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
                    tracing::error!(%error, "an export of the audit trail broke off");
                    // The client sees a broken answer, not one that looks complete.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    let (kind, name) = match format {
        AuditFormat::Csv => ("text/csv; charset=utf-8", "attachment; filename=\"audit.csv\""),
        AuditFormat::JsonLines => ("application/jsonl", "attachment; filename=\"audit.jsonl\""),
    };
    let headers = [
        (CONTENT_TYPE, HeaderValue::from_static(kind)),
        (CONTENT_DISPOSITION, HeaderValue::from_static(name)),
    ];
    Ok((headers, Body::new(Pages(receiver))).into_response())
}

/// A body that somebody else is still writing.
struct Pages(mpsc::Receiver<Result<Bytes, Error>>);

impl HttpBody for Pages {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        self.0.poll_recv(context).map(|page| page.map(|page| page.map(Frame::data)))
    }
}
