//! What the request log is told of a SCIM request (enrollment.md §7.3), collected on its way: the token by authentication, the body
//! by whoever reads it, the rest at the end. Nothing here waits.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::extract::Request;
use axum::http::header::USER_AGENT;
use axum::http::{Extensions, HeaderMap};
use bytes::Bytes;
use enroll_service::{Exchange, FailedOperations, LoggedCaller, RequestLog};

use super::client_address::ClientAddress;
use super::noted::Noted;
use super::request_id::RequestId;

/// A place for what the handlers know of a request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told(Arc<Places>);

#[derive(Debug, Default)]
struct Places {
    caller: OnceLock<LoggedCaller>,
    body: OnceLock<Bytes>,
    failed: OnceLock<Arc<FailedOperations>>,
}

impl Told {
    /// The place of a request; `None` when no log is kept.
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Notes whose token it is. The first one stays.
    pub(crate) fn caller(&self, caller: LoggedCaller) {
        // Authentication runs once for a request; were it to run again, it would say the same.
        let _ = self.0.caller.set(caller);
    }

    /// Notes the body: the bytes are shared, not copied.
    pub(crate) fn body(&self, body: &Bytes) {
        let _ = self.0.body.set(body.clone());
    }

    /// Notes which operations of a bulk request have failed: its answer is too long to be read again, and its status says nothing.
    pub(crate) fn failed(&self, failed: FailedOperations) {
        let _ = self.0.failed.set(Arc::new(failed));
    }
}

/// The body of an answer, which the answer carries for the log. Shared, not copied.
#[derive(Debug, Clone)]
pub(crate) struct AnswerBody(pub(crate) Bytes);

/// One request on its way into the log.
pub(super) struct Recording {
    log: RequestLog,
    told: Told,
    method: &'static str,
    target: String,
    address: Option<String>,
    user_agent: Option<String>,
}

impl Recording {
    /// Begins with the head of a request, and leaves a place for the rest in it.
    pub(super) fn begin(request: &mut Request, log: RequestLog, method: &'static str) -> Self {
        let told = Told::default();
        request.extensions_mut().insert(told.clone());
        Self {
            log,
            told,
            method,
            target: request.uri().path_and_query().map(ToString::to_string).unwrap_or_default(),
            address: ClientAddress::of(request.extensions()),
            user_agent: user_agent(request.headers()),
        }
    }

    /// Hands over what is known at the end.
    pub(super) fn end(
        &self,
        (id, status, took): (&RequestId, u16, Duration),
        noted: Option<&Noted>,
        answer: Option<&AnswerBody>,
    ) {
        // What was only read is there to be read again, and going through pages of it would keep a processor busy.
        let reads =
            matches!(self.method, "GET" | "HEAD") || self.target.trim_end_matches('/').ends_with("/.search");
        let answer = answer.filter(|_| status >= 400 || !reads);
        self.log.record(Exchange {
            request_id: id.as_str().to_owned(),
            caller: self.told.0.caller.get().cloned(),
            method: self.method,
            target: self.target.clone(),
            status,
            failed: self.told.0.failed.get().cloned(),
            took,
            notes: noted.map_or_else(|| [].into(), Noted::notes),
            address: self.address.clone(),
            user_agent: self.user_agent.clone(),
            request: self.told.0.body.get().cloned().unwrap_or_default(),
            response: answer.map(|answer| answer.0.clone()).unwrap_or_default(),
        });
    }
}

/// What a client calls itself, as far as it is text.
pub(super) fn user_agent(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(USER_AGENT)?.to_str().ok()?.trim();
    (!text.is_empty()).then(|| text.chars().take(256).collect())
}
