//! `enroll user`, `enroll admin` and `enroll bot`: what an administrator does with people.

use clap::{Args, Subcommand};
use enroll_service::Clock;
use jiff::SignedDuration;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, moment, segment, text};
use crate::output::{Output, details, table};

/// What to do with users.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// List the users of a directory
    List {
        #[command(flatten)]
        of: OfDirectory,
    },
    /// Show a user of any directory, or of none
    Show {
        /// Handle, userName or id
        user: String,
    },
    /// Deactivate a user; every token of the user is dead at once and stays dead
    Deactivate {
        /// Handle, userName or id
        user: String,
    },
    /// Let a deactivated user act again; grants are in force again
    Reactivate {
        /// Handle, userName or id
        user: String,
    },
    /// Delete a user for good, with grants and tokens; the handle is never given out again
    Delete {
        /// Handle, userName or id
        user: String,
    },
    /// Give a user another handle
    RenameHandle {
        /// Handle, userName or id
        user: String,
        /// The new handle: a-z, 0-9 and -, starting with a letter
        handle: String,
    },
}

/// Which users or groups to list.
#[derive(Debug, Args)]
pub(crate) struct OfDirectory {
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
    /// Only those that a filter of SCIM finds, such as 'externalId eq "00u1"'
    #[arg(long)]
    filter: Option<String>,
}

impl OfDirectory {
    /// Where the API lists the `objects`.
    pub(super) fn target(&self, objects: &str) -> String {
        let all = format!("/directories/{}/{objects}", segment(&self.directory));
        let filter = self.filter.as_ref().map(|filter| format!("?filter={}", segment(filter)));
        format!("{all}{}", filter.unwrap_or_default())
    }
}

/// What to do with server admins.
#[derive(Debug, Subcommand)]
pub(crate) enum AdminCommand {
    /// Create a local admin outside all identity providers, with an API token for a day
    Create {
        /// The userName; the handle is made from it
        name: String,
        /// The e-mail address
        #[arg(long)]
        email: Option<String>,
    },
    /// List the server admins
    List,
    /// Make a user a server admin
    Grant {
        /// Handle, userName or id
        user: String,
    },
    /// Take it back, with the tokens of the scope admin
    Revoke {
        /// Handle, userName or id
        user: String,
    },
}

/// What to do with bots.
#[derive(Debug, Subcommand)]
pub(crate) enum BotCommand {
    /// Create a bot: a user for a program, without sign-in
    Create {
        /// The userName; the handle is made from it
        name: String,
    },
    /// List the bots
    List,
    /// Delete a bot with its tokens and grants
    Delete {
        /// Handle, userName or id
        bot: String,
    },
}

pub(crate) async fn user(command: &UserCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let change = async |user: &str, change: Value| {
        let changed = api.send(Method::PATCH, &format!("/users/{}", segment(user)), &change).await?;
        print_users(&[changed], output)
    };
    match command {
        UserCommand::List { of } => print_users(&api.all(&of.target("users"), "users").await?, output),
        UserCommand::Show { user } => {
            output.result(&api.get(&format!("/users/{}", segment(user))).await?, shown)
        }
        UserCommand::Deactivate { user } => change(user, json!({"active": false})).await,
        UserCommand::Reactivate { user } => change(user, json!({"active": true})).await,
        UserCommand::RenameHandle { user, handle } => change(user, json!({"handle": handle})).await,
        UserCommand::Delete { user } => {
            api.delete(&format!("/users/{}", segment(user))).await?;
            output.done(format!("{user} is deleted. Grants and tokens are gone for good."))
        }
    }
}

pub(crate) async fn admin(command: &AdminCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let admin = |user: &str| format!("/admins/{}", segment(user));
    match command {
        AdminCommand::Create { name, email } => create_admin(name, email.as_deref(), api, output).await,
        AdminCommand::List => output.result(&api.all("/admins", "admins").await?, |admins| {
            let row = |admin: &Value| {
                let from = if admin["local"] == true { "local" } else { "directory" };
                [
                    text(&admin["user"], "handle"),
                    text(&admin["user"], "userName"),
                    state(admin),
                    from.to_owned(),
                    moment(admin, "granted"),
                    text(admin, "grantedBy"),
                ]
            };
            let empty = "No server admins yet. Make one: enroll admin create NAME";
            let columns = ["HANDLE", "USERNAME", "STATE", "FROM", "SINCE", "BY"];
            table(columns, admins.iter().map(row).collect(), empty)
        }),
        AdminCommand::Grant { user } => {
            api.send(Method::PUT, &admin(user), &json!({})).await?;
            output.done(format!("{user} is a server admin."))
        }
        AdminCommand::Revoke { user } => {
            api.delete(&admin(user)).await?;
            output.done(format!("{user} is no server admin any more."))
        }
    }
}

async fn create_admin(name: &str, email: Option<&str>, api: &Api, output: Output) -> anyhow::Result<()> {
    let mut new = json!({"name": name});
    if let Some(email) = email {
        new["email"] = json!(email);
    }
    let made = api.send(Method::POST, "/admins", &new).await?;
    let expires = Clock::system().now().checked_add(SignedDuration::from_hours(24))?;
    let new = json!({"user": made["id"], "label": "first token", "scope": "admin", "expires": expires});
    let token = api.send(Method::POST, "/api-tokens", &new).await?;
    let shown = json!({"user": made, "token": token["token"], "expires": expires});
    output.result(&shown, |_| {
        let (handle, token) = (text(&made, "handle"), text(&token, "token"));
        format!(
            "{name} is a server admin with the handle {handle}.\n\n{token}\n\nThis API token acts for {name} and \
             ends in a day; it is shown this once. A longer one:\n\
             enroll api-token create --user {handle} --label LABEL --scope admin"
        )
    })
}

pub(crate) async fn bot(command: &BotCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    match command {
        BotCommand::Create { name } => {
            print_users(&[api.send(Method::POST, "/bots", &json!({"name": name})).await?], output)
        }
        BotCommand::List => print_users(&api.all("/bots", "bots").await?, output),
        BotCommand::Delete { bot } => {
            api.delete(&format!("/bots/{}", segment(bot))).await?;
            output.done(format!("The bot {bot} is deleted."))
        }
    }
}

fn state(user: &Value) -> String {
    if user["active"] == true { "active" } else { "deactivated" }.to_owned()
}

fn shown(user: &Value) -> String {
    let from = match text(user, "kind").as_str() {
        "directory" => format!("the directory {}", text(user, "directory")),
        "bot" => "nowhere: a bot".to_owned(),
        _ => "nowhere: made here".to_owned(),
    };
    details(&[
        ("handle", text(user, "handle")),
        ("userName", text(user, "userName")),
        ("displayName", text(user, "displayName")),
        ("state", state(user)),
        ("from", from),
        ("externalId", text(user, "externalId")),
        ("created", moment(user, "created")),
        ("changed", moment(user, "lastModified")),
        ("id", text(user, "id")),
    ])
}

fn print_users(users: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&users, |users| {
        let row =
            |user: &Value| [text(user, "handle"), text(user, "userName"), state(user), text(user, "id")];
        table(["HANDLE", "USERNAME", "STATE", "ID"], users.iter().map(row).collect(), "Nobody yet.")
    })
}
