//! `enroll session`: the sessions of users who have signed in.

use clap::Subcommand;
use jiff::Timestamp;
use serde_json::Value;

use crate::api::{Api, segment, text};
use crate::output::{Output, table};

/// What to do with sessions.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// List the sessions of a user
    List {
        /// Handle, userName or id of the user
        user: String,
    },
    /// End a session, or all sessions of a user; the next request of each is refused
    Revoke {
        /// The session's id, as `enroll session list` shows it
        #[arg(required_unless_present = "user", conflicts_with = "user")]
        id: Option<String>,
        /// Handle, userName or id of a user, all of whose sessions end
        #[arg(long)]
        user: Option<String>,
    },
}

pub(crate) async fn run(command: &SessionCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let of_user = |user: &str| format!("/users/{}/sessions", segment(user));
    match command {
        SessionCommand::List { user } => print(&api.all(&of_user(user), "sessions").await?, output),
        SessionCommand::Revoke { user: Some(user), .. } => {
            api.delete(&of_user(user)).await?;
            output.done(format!(
                "Every session of {user} has ended. The next request with a cookie of theirs is refused."
            ))
        }
        SessionCommand::Revoke { id, user: None } => {
            api.delete(&format!("/sessions/{}", segment(id.as_deref().unwrap_or_default()))).await?;
            output.done("Ended. The next request with its cookie is refused.")
        }
    }
}

fn print(sessions: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&sessions, |sessions| {
        let time = |session: &Value, member| {
            let time = text(session, member).parse::<Timestamp>();
            time.map(|time| format!("{time:.0}")).unwrap_or_default()
        };
        let row = |session: &Value| {
            [
                text(session, "id"),
                time(session, "created"),
                time(session, "lastUsed"),
                time(session, "expires"),
                text(session, "address"),
                text(session, "userAgent"),
            ]
        };
        let columns = ["ID", "SIGNED IN", "LAST USED", "ENDS", "ADDRESS", "BROWSER"];
        table(columns, sessions.iter().map(row).collect(), "No sessions.")
    })
}
