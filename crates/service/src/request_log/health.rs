//! How the identity providers of directories are doing (enrollment.md §7.2).

use std::collections::HashMap;

use enroll_domain::time::Moment;
use enroll_domain::{DirectoryId, DirectoryState, Idp, Traffic};
use enroll_store::request_log::{ActivityError, ActivityRow};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{DirectoryInfo, Service};

/// How a directory's identity provider is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct DirectoryHealth {
    /// The state.
    pub state: DirectoryState,
    /// The state in a sentence.
    pub state_text: String,
    /// Which identity provider it seems to be, from what it sends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen_idp: Option<Idp>,
    /// When its last request came.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub last_request: Option<Timestamp>,
    /// When its last request came that was carried out.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Moment>")]
    pub last_success: Option<Timestamp>,
    /// Its last request that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_error: Option<LastError>,
}

/// A request that was refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct LastError {
    /// When.
    #[schemars(with = "Moment")]
    pub time: Timestamp,
    /// The status of the answer.
    pub status: u16,
    /// Its id, to be found in the request log.
    pub request_id: String,
    /// What it means.
    pub explanation: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
}

impl DirectoryHealth {
    fn of(row: Option<ActivityRow>, directory: &DirectoryInfo, now: Timestamp) -> Self {
        let traffic = row.as_ref().map(|row| Traffic {
            last_request: row.last_request,
            refused_since: row.refused_since,
            failed_writes: row.failed_writes,
        });
        let seen_idp: Option<Idp> = row.as_ref().and_then(|row| row.idp.as_deref()?.parse().ok());
        let idp = directory.idp.or(seen_idp).unwrap_or(Idp::Other);
        let state = directory.stopped.unwrap_or_else(|| DirectoryState::of(traffic, idp, now));
        let (last_request, last_success) =
            (row.as_ref().map(|row| row.last_request), row.as_ref().and_then(|row| row.last_success));
        let last_error = row.and_then(|row| row.last_error).map(|error| {
            let ActivityError { time, status, request_id, text, advice } = error;
            LastError { time, status, request_id, explanation: text, advice }
        });
        let state_text = state.sentence(idp, &directory.name);
        Self { state, state_text, seen_idp, last_request, last_success, last_error }
    }
}

impl Service {
    /// Tells of each directory how it is doing. Without a request log that can be read it is known of those alone that are held
    /// or paused, and that is no reason to fail.
    pub(crate) async fn add_health(&self, directories: &mut [DirectoryInfo]) {
        let mut activity = self.activity().await;
        let now = self.clock().now();
        for directory in directories {
            let row = activity.as_mut().map(|activity| activity.remove(&directory.id));
            if row.is_some() || directory.stopped.is_some() {
                directory.health = Some(DirectoryHealth::of(row.flatten(), directory, now));
            }
        }
    }

    async fn activity(&self) -> Option<HashMap<DirectoryId, ActivityRow>> {
        match self.requests()?.activity().await {
            Ok(activity) => Some(activity),
            Err(error) => {
                tracing::warn!(%error, "the request log cannot be read");
                None
            }
        }
    }
}
