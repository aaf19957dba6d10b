//! `enroll token`: SCIM tokens.

use anyhow::bail;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use super::api_token::{expiry, print_new, print_tokens};
use crate::api::{Api, Refused, segment, text};
use crate::output::Output;

/// What to do with SCIM tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Create a token; its text is shown once and never again
    Create(CreateToken),
    /// List the tokens of a directory
    List {
        /// The directory's name
        #[arg(long, default_value = "default")]
        directory: String,
    },
    /// Delete a token; the next request with it is refused
    Delete {
        /// The token's id, as `enroll token list` shows it
        id: String,
    },
}

/// A new SCIM token.
#[derive(Debug, Args)]
pub(crate) struct CreateToken {
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
    /// What the token is for, for example "Okta production"
    #[arg(long)]
    label: String,
    /// When it ends, for example 90d, 12h or 2027-01-31; without it the token does not expire
    #[arg(long, value_name = "WHEN")]
    expires: Option<String>,
    /// Print the token alone, for scripts
    #[arg(long)]
    print: bool,
}

pub(crate) async fn run(command: &TokenCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let tokens = |directory: &str| format!("/directories/{}/tokens", segment(directory));
    match command {
        TokenCommand::Create(create) => {
            let mut new = json!({"label": create.label});
            if let Some(expires) = expiry(create.expires.as_deref())? {
                new["expires"] = json!(expires);
            }
            let new = api.send(Method::POST, &tokens(&create.directory), &new).await?;
            let endpoint = format!("SCIM base URL: {}/scim/v2", api.public_url());
            print_new(&new, create.print, output, &endpoint)
        }
        TokenCommand::List { directory } => {
            print_tokens(&api.all(&tokens(directory), "tokens").await?, output)
        }
        TokenCommand::Delete { id } => {
            delete(api, id).await?;
            output.done("Deleted. The next request with it is refused.")
        }
    }
}

/// The id alone says which token: whose it is has to be found out.
async fn delete(api: &Api, id: &str) -> anyhow::Result<()> {
    for directory in api.all("/directories", "directories").await? {
        let token = format!("/directories/{}/tokens/{}", segment(&text(&directory, "id")), segment(id));
        match api.delete(&token).await {
            Err(error) if error.downcast_ref::<Refused>().is_some_and(Refused::is_not_found) => {}
            other => return other,
        }
    }
    bail!("there is no SCIM token with the id {id:?}; enroll token list --directory NAME shows them")
}
