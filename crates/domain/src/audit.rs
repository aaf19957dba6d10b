//! The audit trail: what an entry says, and how entries are chained (enrollment.md §6.3, §6.4; `docs/decisions/0006`).

mod chain;
mod words;

use crate::time::Moment;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

pub use chain::ChainHash;
pub use words::{Action, ActorKind, SubjectKind};

use crate::{TokenId, UserId};

/// Who makes a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// What kind of actor it is.
    pub kind: ActorKind,
    /// The id of the token or user.
    pub id: Option<Uuid>,
    /// The token's label, the user's userName, or the user of the operating system.
    pub label: String,
    /// The request by which the change is made.
    pub origin: Origin,
}

/// The request by which a change is made, as far as there is one (enrollment.md §6.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Origin {
    /// The id on its answer and in the logs.
    pub request_id: Option<String>,
    /// The client's address.
    pub address: Option<String>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
}

impl Origin {
    /// Whether no request is known.
    pub const fn is_unknown(&self) -> bool {
        self.request_id.is_none() && self.address.is_none() && self.user_agent.is_none()
    }
}

impl Actor {
    /// The same actor, by a request.
    #[must_use]
    pub fn by(self, origin: Origin) -> Self {
        Self { origin, ..self }
    }

    /// An identity provider with a SCIM token.
    pub fn scim_token(id: TokenId, label: &str) -> Self {
        let origin = Origin::default();
        Self { kind: ActorKind::ScimToken, id: Some(*id.as_uuid()), label: label.to_owned(), origin }
    }

    /// An application or administrator with an API token.
    pub fn api_token(id: TokenId, label: &str) -> Self {
        let origin = Origin::default();
        Self { kind: ActorKind::ApiToken, id: Some(*id.as_uuid()), label: label.to_owned(), origin }
    }

    /// A user who has signed in.
    pub fn user(id: UserId, user_name: &str) -> Self {
        let origin = Origin::default();
        Self { kind: ActorKind::User, id: Some(*id.as_uuid()), label: user_name.to_owned(), origin }
    }

    /// A user with an API token of her own; `user` is her userName.
    pub fn user_token(token: TokenId, user: &str) -> Self {
        let origin = Origin::default();
        Self { kind: ActorKind::User, id: Some(*token.as_uuid()), label: user.to_owned(), origin }
    }

    /// Somebody at the command line; `user` is the user of the operating system, where it is known.
    pub fn command_line(user: Option<&str>) -> Self {
        let label = user.unwrap_or(ActorKind::CommandLine.as_str()).to_owned();
        Self { kind: ActorKind::CommandLine, id: None, label, origin: Origin::default() }
    }

    /// The service itself.
    pub fn system() -> Self {
        Self {
            kind: ActorKind::System,
            id: None,
            label: ActorKind::System.as_str().to_owned(),
            origin: Origin::default(),
        }
    }
}

/// One entry as stored. Everything is text here: an entry that somebody has changed is still to be read and judged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// Its place in the trail, from 1 and without gaps.
    #[schemars(range(min = 1))]
    pub sequence: i64,
    /// When, by the clock of the server; the order of entries is that of their places.
    #[schemars(with = "Moment")]
    pub time: Timestamp,
    /// What made the change: an [`ActorKind`].
    pub actor_kind: String,
    /// The id of the actor's token, or of the user who acts.
    pub actor_id: Option<String>,
    /// The label of the actor's token, the userName of the user who acts, or the user of the operating system.
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
    /// The request that made the change.
    #[serde(flatten)]
    pub origin: Origin,
}
