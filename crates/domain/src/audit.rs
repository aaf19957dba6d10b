//! The audit trail: what an entry says, and how entries are chained (enrollment.md §6.3, §6.4; `docs/decisions/0006`).

mod chain;
mod words;

use jiff::Timestamp;
use serde::Serialize;

pub use chain::ChainHash;
pub use words::{Action, ActorKind, SubjectKind};

use crate::TokenId;

/// Who makes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// The id of the token.
    pub id: Option<TokenId>,
    /// The token's label, or the user of the operating system.
    pub label: String,
}

impl Actor {
    /// An identity provider with a SCIM token.
    pub fn scim_token(id: TokenId, label: &str) -> Self {
        Self { kind: ActorKind::ScimToken, id: Some(id), label: label.to_owned() }
    }

    /// An application or administrator with an API token.
    pub fn api_token(id: TokenId, label: &str) -> Self {
        Self { kind: ActorKind::ApiToken, id: Some(id), label: label.to_owned() }
    }

    /// A user with an API token of her own; `user` is her userName.
    pub fn user(token: TokenId, user: &str) -> Self {
        Self { kind: ActorKind::User, id: Some(token), label: user.to_owned() }
    }

    /// Somebody at the command line; `user` is the user of the operating system, where it is known.
    pub fn command_line(user: Option<&str>) -> Self {
        let label = user.unwrap_or(ActorKind::CommandLine.as_str()).to_owned();
        Self { kind: ActorKind::CommandLine, id: None, label }
    }

    /// The service itself.
    pub fn system() -> Self {
        Self { kind: ActorKind::System, id: None, label: ActorKind::System.as_str().to_owned() }
    }
}

/// One entry as stored. Everything is text here: an entry that somebody has changed is still to be read and judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its place in the trail, from 1 and without gaps.
    pub sequence: i64,
    /// When, by the clock of the server; the order of entries is that of their places.
    pub time: Timestamp,
    /// What made the change: an [`ActorKind`].
    pub actor_kind: String,
    /// The id of the actor's token.
    pub actor_id: Option<String>,
    /// The label of the actor's token, or the user of the operating system.
    pub actor: String,
    /// What was done: an [`Action`].
    pub action: String,
    /// What it was done to: a [`SubjectKind`].
    pub subject_kind: String,
    /// The id of what was changed.
    pub subject_id: String,
    /// Its name after the change.
    pub subject: String,
    /// The id of the directory, where the subject is of one.
    pub directory: Option<String>,
    /// What has changed, as a JSON object.
    pub changes: String,
}
