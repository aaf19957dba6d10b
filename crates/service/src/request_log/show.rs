//! The request log as an administrator reads it.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use enroll_domain::DirectoryId;
use enroll_domain::time::Moment;
use enroll_store::request_log::{ActivityRow, BodiesRow, LoggedRow, RequestFile, RequestQuery};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::RequestLog;
use crate::admin::find_directory;
use crate::{Error, PageRequest, Service};

/// Which requests to show; all of them where nothing is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestFilter {
    /// Name or id of a directory.
    pub directory: Option<String>,
    /// By status.
    pub status: Option<StatusFilter>,
    /// A method.
    pub method: Option<String>,
    /// Name or id of the user or group.
    pub user: Option<String>,
    /// Only what came behind this place: for whoever follows the log.
    pub behind: Option<i64>,
}

/// `404`, `4xx`, or `error` for everything from 400 on. A bulk request is found by the status of a failed operation too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StatusFilter(u16, u16);

impl FromStr for StatusFilter {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "status is a number such as 409, a class such as 4xx, or error";
        if text == "error" {
            return Ok(Self(400, 599));
        }
        if let Some(class) = text.strip_suffix("xx") {
            let class: u16 = class.parse().map_err(|_| wrong)?;
            return if (1..=5).contains(&class) {
                Ok(Self(class * 100, class * 100 + 99))
            } else {
                Err(wrong)
            };
        }
        let status: u16 = text.parse().map_err(|_| wrong)?;
        if (100..=599).contains(&status) { Ok(Self(status, status)) } else { Err(wrong) }
    }
}

/// What was read differently from how it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoggedNote {
    /// The quirk that allowed it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quirk: Option<String>,
    /// A sentence.
    pub text: String,
}

/// Why a request was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedError {
    /// The keyword of RFC 7644, Table 9.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scim_type: Option<String>,
    /// What the identity provider was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// What it means.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub explanation: Option<String>,
    /// What to change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

/// The failed operations of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedFailures {
    /// How many have failed.
    pub count: usize,
    /// How many were carried out or refused.
    pub of: usize,
    /// The first of those that have failed, 20 at most.
    pub first: Vec<LoggedFailure>,
}

/// A failed operation of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedFailure {
    /// Its place in the request.
    #[schemars(range(min = 1))]
    pub number: usize,
    /// Its method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Its bulkId.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bulk_id: Option<String>,
    /// The resource type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The id of the user or group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The name of the user or group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The status of its result.
    pub status: u16,
    /// Why it has failed.
    pub error: LoggedError,
}

/// A request in the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LoggedRequest {
    /// Its place in the log: later ones have higher numbers.
    pub id: i64,
    /// When it came.
    #[schemars(with = "Moment")]
    pub time: Timestamp,
    /// The id on the answer and in the server's log.
    pub request_id: String,
    /// The directory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory: Option<String>,
    /// The label of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Whether the token was valid.
    pub authenticated: bool,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// What was asked for: `create`, `read`, `list`, `search`, `replace`, `patch`, `delete`, `bulk`, `discovery`, `readiness` or
    /// `other`.
    #[schemars(extend("enum" = [
        "create", "read", "list", "search", "replace", "patch", "delete", "bulk", "discovery", "readiness", "other"
    ]))]
    pub operation: String,
    /// The resource type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// The id of the user or group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
    /// The name of the user or group.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The status of the answer; 499 when the client did not wait for it.
    pub status: i64,
    /// Of a bulk request, the operations that have failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failed_operations: Option<LoggedFailures>,
    /// How long it took, in milliseconds.
    pub duration_ms: f64,
    /// What was read differently from how it was written.
    pub normalized: Vec<LoggedNote>,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<LoggedError>,
    /// The client's address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// What the client calls itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_agent: Option<String>,
    /// The body of the request, without secrets; in the answer about one request only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<Value>,
    /// The body of the answer, without secrets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub response_body: Option<Value>,
}

/// A part of the log, newest first.
#[derive(Debug, Clone, PartialEq)]
pub struct RequestLogPage {
    /// The requests.
    pub requests: Vec<LoggedRequest>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// How many were dropped since the server was started, where the server itself answers.
    pub dropped: Option<u64>,
}

/// Reads the log from its file, in the server that writes it or beside it.
#[derive(Debug, Clone)]
pub struct RequestLogReader {
    path: PathBuf,
    log: Option<RequestLog>,
}

impl RequestLogReader {
    async fn on_file<T: Send + 'static>(
        &self,
        work: impl FnOnce(&RequestFile) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let reader = self.clone();
        let answer = tokio::task::spawn_blocking(move || {
            if let Some(log) = &reader.log {
                log.flush();
            }
            if !reader.path.exists() {
                return Err(Error::NotFound(
                    "there is no request log yet: the server writes it, unless request_log_days is 0"
                        .to_owned(),
                ));
            }
            work(&RequestFile::read(&reader.path)?)
        });
        answer.await.unwrap_or_else(|_| Err(Error::Internal("reading the request log panicked".to_owned())))
    }

    /// A page of the log, newest first.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the page is none, [`Error::NotFound`] for an unknown directory or when there is no log.
    pub async fn page(
        &self,
        service: &Service,
        filter: &RequestFilter,
        page: &PageRequest,
    ) -> Result<RequestLogPage, Error> {
        let before = match &page.after {
            None => None,
            Some(text) => Some(
                text.parse::<i64>()
                    .map_err(|_| Error::Invalid("after is not the `next` of an earlier page".to_owned()))?,
            ),
        };
        let directory = match &filter.directory {
            None => None,
            Some(name) => Some(service.db().look_up(|tx| find_directory(tx, name))?.id),
        };
        let query = RequestQuery {
            directory,
            status: filter.status.map(|StatusFilter(lowest, highest)| (lowest, highest)),
            method: filter.method.as_ref().map(|method| method.to_ascii_uppercase()),
            target: filter.user.clone(),
            before,
            behind: filter.behind,
        };
        let limit = page.limit;
        let mut rows = self.on_file(move |file| Ok(file.page(&query, limit.saturating_add(1))?)).await?;
        let more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(RequestLogPage {
            next: rows.last().filter(|_| more).map(|last| last.id.to_string()),
            requests: rows.into_iter().map(|row| shown(row, None)).collect(),
            dropped: self.log.as_ref().map(RequestLog::dropped),
        })
    }

    /// What is known of the requests of the directories; nothing when there is no log yet.
    pub(super) async fn activity(&self) -> Result<HashMap<DirectoryId, ActivityRow>, Error> {
        if let Some(log) = self.log.clone() {
            let known = tokio::task::spawn_blocking(move || {
                log.flush();
                log.activity()
            });
            return known.await.map_err(|_| Error::Internal("reading the request log panicked".to_owned()));
        }
        match self.on_file(|file| Ok(file.activity()?.into_iter().collect())).await {
            Err(Error::NotFound(_)) => Ok(HashMap::new()),
            other => other,
        }
    }

    /// One request with its bodies, by its place or by the request's id.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is not in the log, or not any more.
    pub async fn request(&self, id: &str) -> Result<LoggedRequest, Error> {
        let wanted = id.to_owned();
        let found = self.on_file(move |file| Ok(file.find(&wanted)?)).await?;
        let missing = || Error::NotFound(format!("the request log has no request {id}, or not any more"));
        found.map(|(row, bodies)| shown(row, Some(bodies))).ok_or_else(missing)
    }
}

fn shown(row: LoggedRow, bodies: Option<BodiesRow>) -> LoggedRequest {
    // A body that was cut is not JSON any more, and shown as text.
    let value = |text: String| serde_json::from_str(&text).unwrap_or(Value::String(text));
    let (request_body, response_body) =
        bodies.map_or((None, None), |bodies| (bodies.request.map(value), bodies.response.map(value)));
    let LoggedRow { scim_type, detail, explanation, advice, .. } = row;
    LoggedRequest {
        id: row.id,
        time: row.received,
        request_id: row.request_id,
        directory: row.directory,
        token: row.token,
        authenticated: row.authenticated,
        method: row.method,
        path: row.path,
        operation: row.operation,
        resource_type: row.target_type,
        resource_id: row.target_id,
        resource: row.target,
        status: row.status,
        failed_operations: row.failures.and_then(|failures| serde_json::from_str(&failures).ok()),
        duration_ms: milliseconds(row.duration),
        normalized: serde_json::from_str(&row.notes).unwrap_or_default(),
        error: (row.status >= 400).then_some(LoggedError { scim_type, detail, explanation, advice }),
        address: row.address,
        user_agent: row.user_agent,
        request_body,
        response_body,
    }
}

/// Microseconds as milliseconds with one decimal.
fn milliseconds(microseconds: i64) -> f64 {
    let tenths = u32::try_from(microseconds / 100).unwrap_or(u32::MAX);
    f64::from(tenths) / 10.0
}

impl Service {
    /// The same service, which keeps a log of requests.
    #[must_use]
    pub fn with_request_log(self, log: RequestLog) -> Self {
        self.reading_log(RequestLogReader { path: log.0.path.clone(), log: Some(log) })
    }

    /// The same service, which reads the log that a server writes into this file.
    #[must_use]
    pub fn with_request_log_of(self, path: &Path) -> Self {
        self.reading_log(RequestLogReader { path: path.to_owned(), log: None })
    }

    /// Where requests are recorded; `None` when this process keeps no log.
    pub fn request_log(&self) -> Option<&RequestLog> {
        self.requests()?.log.as_ref()
    }

    /// The request log to be read.
    ///
    /// # Errors
    /// [`Error::NotFound`] when it is switched off.
    pub fn request_log_reader(&self) -> Result<&RequestLogReader, Error> {
        let off = "the request log is switched off: set request_log_days to 1 or more";
        self.requests().ok_or_else(|| Error::NotFound(off.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::StatusFilter;

    #[test]
    fn a_status_is_a_number_a_class_or_error() {
        assert_eq!("409".parse(), Ok(StatusFilter(409, 409)));
        assert_eq!("4xx".parse(), Ok(StatusFilter(400, 499)));
        assert_eq!("error".parse(), Ok(StatusFilter(400, 599)));
        for wrong in ["", "9xx", "xx", "40", "600", "bad"] {
            assert!(wrong.parse::<StatusFilter>().is_err(), "{wrong}");
        }
    }
}
