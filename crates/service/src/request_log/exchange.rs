//! A request and its answer, as the edge hands them over.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use enroll_domain::{DirectoryId, PresentedToken, TokenId, TokenKind};
use enroll_scim::Note;
use enroll_store::token;

use crate::models::Models;
use crate::scim::FailedOperations;
use crate::session::ScimSession;
use crate::{Error, Service};

/// Bodies longer than this are not kept: what is left of one that was cut could not be searched for secrets.
pub const KEPT_BODY_BYTES: usize = 64 * 1024;

/// Who has sent a request, as far as the token tells.
#[derive(Debug, Clone)]
pub struct LoggedCaller {
    pub(super) directory: DirectoryId,
    pub(super) directory_name: String,
    pub(super) token: TokenId,
    pub(super) label: String,
    pub(super) standing: Standing,
    pub(super) models: Arc<Models>,
}

/// What a token is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// It opens its directory.
    Valid,
    /// It did, until it expired.
    Expired,
    /// It may not be used from there.
    Elsewhere,
    /// Its first part is that of a token, its secret is not.
    WrongSecret,
}

/// A request and its answer, not yet searched for secrets.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// The id of the request.
    pub request_id: String,
    /// Who has sent it; `None` when the token names no directory of this instance.
    pub caller: Option<LoggedCaller>,
    /// The method.
    pub method: &'static str,
    /// Path and query.
    pub target: String,
    /// The status of the answer; 499 when the client did not wait for one.
    pub status: u16,
    /// Which operations of a bulk request have failed; its status does not say so.
    pub failed: Option<Arc<FailedOperations>>,
    /// How long it took.
    pub took: Duration,
    /// What was read differently from how it was written.
    pub notes: Arc<[Note]>,
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The body of the request, as it came.
    pub request: Bytes,
    /// The body of the answer.
    pub response: Bytes,
}

impl Exchange {
    /// Lets go of bodies that are too long to be kept; their lengths stay. Gives the bytes that are left.
    pub(super) fn lighten(&mut self) -> (Lengths, usize) {
        let lengths = Lengths { request: self.request.len(), response: self.response.len() };
        for body in [&mut self.request, &mut self.response] {
            if body.len() > KEPT_BODY_BYTES {
                *body = Bytes::new();
            }
        }
        (lengths, self.request.len() + self.response.len() + self.target.len())
    }
}

/// How long the bodies were.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Lengths {
    pub(super) request: usize,
    pub(super) response: usize,
}

impl ScimSession {
    /// The session's token, for the request log.
    pub fn logged(&self) -> LoggedCaller {
        LoggedCaller {
            directory: self.directory,
            directory_name: self.directory_name.clone(),
            token: self.token,
            label: self.label.clone(),
            standing: Standing::Valid,
            models: Arc::clone(&self.models),
        }
    }
}

impl Service {
    /// Which token a text that was refused seems to be, for the request log: its first part is no secret. `None` when it is no
    /// token of a directory here. Nothing may rest on the answer but what an administrator is told. `refusal` is why it was refused.
    pub fn claimed_caller(&self, presented: &str, refusal: &Error) -> Option<LoggedCaller> {
        let presented =
            PresentedToken::parse(presented).ok().filter(|token| token.kind() == TokenKind::Scim)?;
        let found = self.db().look_up(|tx| {
            let Some(found) = token::scim::find_with_directory(tx, presented.id())? else {
                return Ok(None);
            };
            let models = self.models().of(found.directory.id, &found.definitions)?;
            Ok::<_, Error>(Some((found.token, found.directory, models)))
        });
        let (row, directory, models) = found.ok()??;
        let expired = row.expires.is_some_and(|expires| expires <= self.clock().now());
        Some(LoggedCaller {
            directory: directory.id,
            directory_name: directory.name.to_string(),
            token: row.id,
            label: row.label,
            standing: match refusal {
                Error::Forbidden(_) => Standing::Elsewhere,
                _ if expired => Standing::Expired,
                _ => Standing::WrongSecret,
            },
            models,
        })
    }
}
