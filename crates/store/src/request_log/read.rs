//! Reading the request log.

use enroll_domain::DirectoryId;
use enroll_scim::Folded;
use jiff::Timestamp;

use super::{REQUESTS, RequestFile};
use crate::{Param, Row, StoreError};

/// The columns that [`read`] reads.
const SELECT: &str = "SELECT id, received, request_id, directory_id, directory, token, authenticated, method, path, operation, \
     target_type, target_id, target, status, scim_type, detail, explanation, advice, duration, notes, address, user_agent, \
     failures";

/// The bodies of a request and its answer, without secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BodiesRow {
    /// The body of the request.
    pub request: Option<String>,
    /// How long it was when it came.
    pub request_bytes: i64,
    /// The body of the answer.
    pub response: Option<String>,
    /// How long it was when it went.
    pub response_bytes: i64,
}

/// An entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedRow {
    /// Its place: later requests have higher ones.
    pub id: i64,
    /// When it came.
    pub received: Timestamp,
    /// The request's id.
    pub request_id: String,
    /// The directory.
    pub directory_id: Option<DirectoryId>,
    /// The directory's name at that time.
    pub directory: Option<String>,
    /// The label of the token at that time.
    pub token: Option<String>,
    /// Whether the token was valid.
    pub authenticated: bool,
    /// The method.
    pub method: String,
    /// Path and query.
    pub path: String,
    /// What was asked for.
    pub operation: String,
    /// The resource type it was about.
    pub target_type: Option<String>,
    /// The id it was about.
    pub target_id: Option<String>,
    /// The name of the user or group.
    pub target: Option<String>,
    /// The status of the answer.
    pub status: i64,
    /// The keyword of a SCIM error.
    pub scim_type: Option<String>,
    /// The sentence of a SCIM error.
    pub detail: Option<String>,
    /// The failed operations of a bulk request, as JSON.
    pub failures: Option<String>,
    /// What the error means.
    pub explanation: Option<String>,
    /// What to do about it.
    pub advice: Option<String>,
    /// How long it took, in microseconds.
    pub duration: i64,
    /// What was read differently, as JSON.
    pub notes: String,
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

/// Which entries to show.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RequestQuery {
    /// Those of this directory.
    pub directory: Option<DirectoryId>,
    /// Those whose status is at least the first number and at most the second, or that of a failed operation of theirs.
    pub status: Option<(u16, u16)>,
    /// Those with this method.
    pub method: Option<String>,
    /// Those about the user or group of this name or id.
    pub target: Option<String>,
    /// Those before this place.
    pub before: Option<i64>,
    /// Those behind this place.
    pub behind: Option<i64>,
}

fn owned(row: &Row<'_>, column: usize) -> Result<Option<String>, StoreError> {
    Ok(row.optional_text(column)?.map(str::to_owned))
}

fn read(row: &Row<'_>) -> Result<LoggedRow, StoreError> {
    Ok(LoggedRow {
        id: row.integer(0)?,
        received: row.timestamp(1)?,
        request_id: row.text(2)?.to_owned(),
        directory_id: row.optional_id(3)?,
        directory: owned(row, 4)?,
        token: owned(row, 5)?,
        authenticated: row.boolean(6)?,
        method: row.text(7)?.to_owned(),
        path: row.text(8)?.to_owned(),
        operation: row.text(9)?.to_owned(),
        target_type: owned(row, 10)?,
        target_id: owned(row, 11)?,
        target: owned(row, 12)?,
        status: row.integer(13)?,
        scim_type: owned(row, 14)?,
        detail: owned(row, 15)?,
        explanation: owned(row, 16)?,
        advice: owned(row, 17)?,
        duration: row.integer(18)?,
        notes: row.text(19)?.to_owned(),
        address: owned(row, 20)?,
        user_agent: owned(row, 21)?,
        failures: owned(row, 22)?,
    })
}

impl RequestFile {
    /// Whether one of the failed operations that are kept is so; of a file that has none, never.
    fn failed_with(&self, condition: &str) -> String {
        if self.requests != REQUESTS {
            return "failed > 0".to_owned();
        }
        format!(
            "(failed > 0 AND EXISTS (SELECT 1 FROM failed_operations AS one WHERE one.request_row = id AND {condition}))"
        )
    }

    /// Entries that a query asks for, newest first, `limit` at most.
    ///
    /// # Errors
    /// The engine fails.
    pub fn page(&self, query: &RequestQuery, limit: u32) -> Result<Vec<LoggedRow>, StoreError> {
        let mut sql = format!("{SELECT} FROM {} WHERE id > 0", self.requests);
        let mut params: Vec<Param<'_>> = Vec::new();
        let mut placeholder = |param| {
            params.push(param);
            format!("?{}", params.len())
        };
        if let Some(directory) = query.directory {
            sql.push_str(&format!(" AND directory_id = {}", placeholder(Param::from(directory))));
        }
        if let Some((lowest, highest)) = query.status {
            // Only the first failed operations are kept; that there are some is known of all.
            let any = lowest <= 400 && highest >= 599;
            let (lowest, highest) =
                (placeholder(i64::from(lowest).into()), placeholder(i64::from(highest).into()));
            let failed = if any {
                "failed > 0".to_owned()
            } else {
                self.failed_with(&format!("one.status BETWEEN {lowest} AND {highest}"))
            };
            sql.push_str(&format!(" AND (status BETWEEN {lowest} AND {highest} OR {failed})"));
        }
        if let Some(method) = &query.method {
            sql.push_str(&format!(" AND method = {}", placeholder(Param::from(method))));
        }
        let key = query.target.as_ref().map(|name| Folded::new(name));
        if let (Some(name), Some(key)) = (&query.target, &key) {
            let (name, key) = (placeholder(Param::from(name)), placeholder(Param::from(key.as_str())));
            let failed = self.failed_with(&format!("(one.target_key = {key} OR one.target_id = {name})"));
            sql.push_str(&format!(" AND (target_key = {key} OR target_id = {name} OR {failed})"));
        }
        if let Some(before) = query.before {
            sql.push_str(&format!(" AND id < {}", placeholder(before.into())));
        }
        if let Some(behind) = query.behind {
            sql.push_str(&format!(" AND id > {}", placeholder(behind.into())));
        }
        sql.push_str(&format!(" ORDER BY id DESC LIMIT {}", placeholder(limit.into())));
        self.tx().query(&sql, &params, read)
    }

    /// One entry, by its place or by the request's id; the newest, where several requests came with one id.
    ///
    /// # Errors
    /// The engine fails.
    pub fn find(&self, id: &str) -> Result<Option<(LoggedRow, BodiesRow)>, StoreError> {
        let tx = self.tx();
        let by_place = match id.parse::<i64>() {
            Ok(place) => {
                tx.first(&format!("{SELECT} FROM {} WHERE id = ?1", self.requests), &[place.into()], read)?
            }
            Err(_) => None,
        };
        let by_id = format!("{SELECT} FROM {} WHERE request_id = ?1 ORDER BY id DESC LIMIT 1", self.requests);
        let found = match by_place {
            Some(found) => Some(found),
            None => tx.first(&by_id, &[id.into()], read)?,
        };
        let Some(found) = found else { return Ok(None) };
        let bodies = tx.first(
            "SELECT request, request_bytes, response, response_bytes FROM request_bodies WHERE id = ?1",
            &[found.id.into()],
            |row| {
                Ok(BodiesRow {
                    request: owned(row, 0)?,
                    request_bytes: row.integer(1)?,
                    response: owned(row, 2)?,
                    response_bytes: row.integer(3)?,
                })
            },
        )?;
        Ok(Some((found, bodies.unwrap_or_default())))
    }
}
