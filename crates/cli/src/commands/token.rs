//! `enroll token`: SCIM tokens.

use anyhow::bail;
use clap::{Args, Subcommand};
use reqwest::Method;
use serde_json::json;

use super::api_token::{expiry, networks, print_new, print_tokens};
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
    /// Change a token's label, or from where it may be used; the next request is held to it
    #[command(group = clap::ArgGroup::new("change").required(true).multiple(true))]
    Set {
        /// The token's id, as `enroll token list` shows it
        id: String,
        /// What the token is for
        #[arg(long, group = "change")]
        label: Option<String>,
        /// From where it may be used: these addresses and networks and no others, for example 203.0.113.0/24; may be repeated
        #[arg(long, value_name = "NETWORK", value_delimiter = ',', group = "change")]
        allow_from: Vec<String>,
        /// It may be used from anywhere
        #[arg(long, group = "change", conflicts_with = "allow_from")]
        allow_from_anywhere: bool,
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
    /// From where it may be used: an address or a network, for example 203.0.113.0/24 or 2001:db8::/32; may be repeated. Without it,
    /// from anywhere
    #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
    allow_from: Vec<String>,
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
            if !create.allow_from.is_empty() {
                new["allowFrom"] = json!(create.allow_from);
            }
            let new = api.send(Method::POST, &tokens(&create.directory), &new).await?;
            let endpoint = format!("SCIM base URL: {}/scim/v2", api.public_url());
            print_new(&new, create.print, output, &endpoint)
        }
        TokenCommand::List { directory } => {
            print_tokens(&api.all(&tokens(directory), "tokens").await?, output)
        }
        TokenCommand::Set { id, label, allow_from, allow_from_anywhere } => {
            let mut change = json!({});
            if let Some(label) = label {
                change["label"] = json!(label);
            }
            if *allow_from_anywhere || !allow_from.is_empty() {
                change["allowFrom"] = json!(allow_from);
            }
            let set = of_its_directory(id, api, async |token| api.send(Method::PATCH, token, &change).await)
                .await?;
            output.result(&set, |set| {
                let label = text(set, "label");
                match networks(set) {
                    anywhere if anywhere.is_empty() => format!("{label} may be used from anywhere."),
                    list => format!("{label} may be used from {list}."),
                }
            })
        }
        TokenCommand::Delete { id } => {
            of_its_directory(id, api, async |token| api.delete(token).await).await?;
            output.done("Deleted. The next request with it is refused.")
        }
    }
}

/// The id alone says which token: whose it is has to be found out. Gives what `work` gives for the token's path.
async fn of_its_directory<T>(
    id: &str,
    api: &Api,
    work: impl AsyncFn(&str) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    for directory in api.all("/directories", "directories").await? {
        let token = format!("/directories/{}/tokens/{}", segment(&text(&directory, "id")), segment(id));
        match work(&token).await {
            Err(error) if error.downcast_ref::<Refused>().is_some_and(Refused::is_not_found) => {}
            other => return other,
        }
    }
    bail!("there is no SCIM token with the id {id:?}; enroll token list --directory NAME shows them")
}
