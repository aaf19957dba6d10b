//! `enroll api-token`: API tokens, and what both kinds of tokens print.

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::Scope;
use enroll_service::Clock;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, segment, text};
use crate::output::{self, Output, table};

/// What to do with API tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum ApiTokenCommand {
    /// Create a token; its text is shown once and never again
    Create(CreateApiToken),
    /// List the API tokens
    List,
    /// Delete a token; the next request with it is refused
    Delete {
        /// The token's id, as `enroll api-token list` shows it
        id: String,
    },
}

/// What an API token allows; each scope includes the ones before it.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ScopeName {
    /// Ask "may she?"
    Check,
    /// Ask for lists and explanations
    Read,
    /// Everything
    Admin,
}

/// A new API token.
#[derive(Debug, Args)]
pub(crate) struct CreateApiToken {
    /// What the token is for, for example "schema registry"
    #[arg(long)]
    label: String,
    /// The user, person or bot, in whose name it acts (handle, userName or id); it asks about that user alone, unless the user
    /// is a server admin
    #[arg(long)]
    user: Option<String>,
    /// What it allows
    #[arg(long)]
    scope: ScopeName,
    /// When it ends, for example 90d, 12h or 2027-01-31; without it the token does not expire
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Print the token alone, for scripts
    #[arg(long)]
    print: bool,
}

pub(crate) async fn run(command: &ApiTokenCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    match command {
        ApiTokenCommand::Create(create) => {
            let scope = match create.scope {
                ScopeName::Read => Scope::Read,
                ScopeName::Check => Scope::Check,
                ScopeName::Admin => Scope::Admin,
            };
            let mut new = json!({"label": create.label, "scope": scope});
            if let Some(user) = &create.user {
                new["user"] = json!(user);
            }
            if let Some(expires) = expiry(create.expires.as_deref())? {
                new["expires"] = json!(expires);
            }
            let new = api.send(Method::POST, "/api-tokens", &new).await?;
            print_new(&new, create.print, output, &format!("API base URL: {}/api/v1", api.public_url()))
        }
        ApiTokenCommand::List => print_tokens(&api.all("/api-tokens", "tokens").await?, output),
        ApiTokenCommand::Delete { id } => {
            api.delete(&format!("/api-tokens/{}", segment(id))).await?;
            output.done("Deleted. The next request with it is refused.")
        }
    }
}

/// Reads `90d`, `12h` or a date. Whether it lies in the future is the service's check.
pub(crate) fn expiry(text: Option<&str>) -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let hint = || {
        anyhow::anyhow!(
            "--expires is {text:?}: write days or hours such as 90d or 12h, or a date such as 2027-01-31"
        )
    };
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| hint());
    let from_now =
        |hours: i64| Clock::system().now().checked_add(SignedDuration::from_hours(hours)).map_err(|_| hint());
    if let Some(days) = text.strip_suffix('d') {
        return from_now(i64::from(number(days)?) * 24).map(Some);
    }
    if let Some(hours) = text.strip_suffix('h') {
        return from_now(i64::from(number(hours)?)).map(Some);
    }
    let date: Date = text.parse().map_err(|_| hint())?;
    let end_of_day = TimeZone::UTC.to_timestamp(date.at(23, 59, 59, 0)).map_err(|_| hint())?;
    Ok(Some(end_of_day))
}

/// Prints a new token: alone for scripts, or with what to do with it.
pub(crate) fn print_new(new: &Value, alone: bool, output: Output, endpoint: &str) -> anyhow::Result<()> {
    let token = text(new, "token");
    if alone && output == Output::Text {
        output::raw(token);
        return Ok(());
    }
    let mut shown =
        json!({"id": new["id"], "label": new["label"], "expires": new["expires"], "token": token});
    if let Some(list) = new.get("allowFrom") {
        shown["allowFrom"] = list.clone();
    }
    output.result(&shown, |_| {
        let ends = match text(new, "expires") {
            never if never.is_empty() => {
                "It does not expire: remember to replace it from time to time.".to_owned()
            }
            time => format!("It expires at {time}."),
        };
        let from = match networks(new) {
            anywhere if anywhere.is_empty() => String::new(),
            list => format!("\nIt may be used from {list}."),
        };
        format!("{token}\n\nThis is the only time the token is shown. {ends}{from}\n{endpoint}")
    })
}

/// Prints tokens as a table.
pub(crate) fn print_tokens(tokens: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&tokens, |tokens| {
        let rows = tokens
            .iter()
            .map(|token| {
                [
                    text(token, "id"),
                    text(token, "label"),
                    text(token, "scope"),
                    time(token, "created", ""),
                    time(token, "expires", "never"),
                    time(token, "lastUsed", "never"),
                    match networks(token) {
                        anywhere if anywhere.is_empty() => "anywhere".to_owned(),
                        list => list,
                    },
                ]
            })
            .collect();
        table(["ID", "LABEL", "SCOPE", "CREATED", "EXPIRES", "LAST USED", "FROM"], rows, "No tokens yet.")
    })
}

/// From where a token may be used; nothing for anywhere.
pub(crate) fn networks(token: &Value) -> String {
    let list = token.get("allowFrom").and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

/// A time to the second.
fn time(object: &Value, member: &str, none: &str) -> String {
    let time = text(object, member).parse::<Timestamp>();
    time.map_or_else(|_| none.to_owned(), |time| format!("{time:.0}"))
}
