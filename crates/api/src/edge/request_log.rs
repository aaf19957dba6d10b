//! The line that the log of the server has for each request, and the end of what the request log is told. Never in the line are the
//! query string, a body, a header or a token (Z1, S15): the route is the pattern that matched, not the path that was sent. What was
//! normalised is named by its attributes, without their values.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{Extensions, Method, StatusCode};

use super::caller::Caller;
use super::noted::Noted;
use super::recording::{AnswerBody, Recording};
use super::request_id::RequestId;
use crate::metrics::Metrics;
use crate::surface::Surface;

/// One request on its way. Dropped before [`RequestLog::finish`], it was given up by the client, and is logged as that.
pub(super) struct RequestLog {
    method: &'static str,
    route: Option<MatchedPath>,
    id: RequestId,
    caller: Caller,
    surface: Surface,
    metrics: Metrics,
    recording: Option<Recording>,
    started: Instant,
    finished: bool,
}

impl RequestLog {
    /// Begins at the head of a request; `log` is where SCIM requests are kept.
    pub(super) fn begin(
        request: &mut Request,
        id: RequestId,
        caller: Caller,
        (surface, metrics): (Surface, Metrics),
        log: Option<&enroll_service::RequestLog>,
    ) -> Self {
        let (started, method) = (Instant::now(), name(request.method()));
        let recording = log.map(|log| Recording::begin(request, log.clone(), method));
        let route = request.extensions().get().cloned();
        Self { method, route, id, caller, surface, metrics, recording, started, finished: false }
    }

    /// Writes the line. The answer carries what was read differently in the request.
    pub(super) fn finish(mut self, status: StatusCode, answer: &Extensions) {
        self.finished = true;
        self.write(status.as_u16(), answer.get(), answer.get());
    }

    fn write(&self, status: u16, noted: Option<&Noted>, answer: Option<&AnswerBody>) {
        let took = self.started.elapsed();
        self.metrics.observe(self.surface, self.method, status, took);
        if let Some(recording) = &self.recording {
            recording.end((&self.id, status, took), noted, answer);
        }
        let caller = self.caller.name();
        tracing::info!(
            target: "enroll::request",
            method = self.method,
            route = self.route.as_ref().map_or("none", MatchedPath::as_str),
            status,
            duration_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
            request_id = self.id.as_str(),
            directory = caller.and_then(|name| name.directory.as_deref()),
            token = caller.map(|name| name.token.as_str()),
            quirks = noted.and_then(Noted::quirks),
            notes = noted.map(Noted::sentences),
            "request"
        );
    }
}

impl Drop for RequestLog {
    fn drop(&mut self) {
        if !self.finished {
            // 499: the client went away before the answer. No client sees it.
            self.write(499, None, None);
        }
    }
}

/// The method's name, without letting a client choose what stands in the log.
fn name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
