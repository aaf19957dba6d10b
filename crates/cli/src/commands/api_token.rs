//! `enroll api-token`: API tokens, and what both kinds of tokens print.

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::Scope;
use enroll_service::{Service, TokenInfo};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::json;

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

pub(crate) async fn run(command: &ApiTokenCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    match command {
        ApiTokenCommand::Create(create) => {
            let scope = match create.scope {
                ScopeName::Read => Scope::Read,
                ScopeName::Check => Scope::Check,
                ScopeName::Admin => Scope::Admin,
            };
            let expires = expiry(create.expires.as_deref(), service)?;
            let new = service.create_api_token(&create.label, scope, expires).await?;
            let endpoint = format!("API base URL: {}/api/v1", service.public_url());
            print_new(&new.info, new.reveal(), create.print, output, &endpoint)
        }
        ApiTokenCommand::List => print_tokens(&service.api_tokens().await?, output),
        ApiTokenCommand::Delete { id } => {
            service.delete_api_token(id).await?;
            output.done("Deleted. The next request with it is refused.")
        }
    }
}

/// Reads `90d`, `12h` or a date. Whether it lies in the future is the service's check.
pub(crate) fn expiry(text: Option<&str>, service: &Service) -> anyhow::Result<Option<Timestamp>> {
    let Some(text) = text else { return Ok(None) };
    let hint = || {
        anyhow::anyhow!(
            "--expires is {text:?}: write days or hours such as 90d or 12h, or a date such as 2027-01-31"
        )
    };
    let number = |digits: &str| digits.parse::<u32>().map_err(|_| hint());
    let from_now =
        |hours: i64| service.clock().now().checked_add(SignedDuration::from_hours(hours)).map_err(|_| hint());
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
pub(crate) fn print_new(
    info: &TokenInfo,
    token: &str,
    alone: bool,
    output: Output,
    endpoint: &str,
) -> anyhow::Result<()> {
    if alone && output == Output::Text {
        output::raw(token);
        return Ok(());
    }
    output.result(
        &json!({"id": info.id, "label": info.label, "expires": info.expires, "token": token}),
        |_| {
            let ends = info.expires.map_or_else(
                || "It does not expire: remember to replace it from time to time.".to_owned(),
                |time| format!("It expires at {time}."),
            );
            format!("{token}\n\nThis is the only time the token is shown. {ends}\n{endpoint}")
        },
    )
}

/// Prints tokens as a table.
pub(crate) fn print_tokens(tokens: &[TokenInfo], output: Output) -> anyhow::Result<()> {
    output.result(&tokens, |tokens| {
        let time = |time: Option<Timestamp>, none: &str| {
            time.map_or_else(|| none.to_owned(), |time| format!("{time:.0}"))
        };
        let rows = tokens
            .iter()
            .map(|token| {
                [
                    token.id.to_string(),
                    token.label.clone(),
                    token.scope.clone(),
                    time(Some(token.created), ""),
                    time(token.expires, "never"),
                    time(token.last_used, "never"),
                ]
            })
            .collect();
        table(["ID", "LABEL", "SCOPE", "CREATED", "EXPIRES", "LAST USED"], rows, "No tokens yet.")
    })
}
