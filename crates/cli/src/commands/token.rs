//! `enroll token`: SCIM tokens.

use clap::{Args, Subcommand};
use enroll_service::Service;

use crate::output::Output;

use super::api_token::{print_new, print_tokens};

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

pub(crate) async fn run(command: &TokenCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    match command {
        TokenCommand::Create(create) => {
            let expires = super::api_token::expiry(create.expires.as_deref(), service)?;
            let new = service.create_scim_token(&create.directory, &create.label, expires).await?;
            let endpoint = service.public_url().scim_base();
            print_new(&new.info, new.reveal(), create.print, output, &format!("SCIM base URL: {endpoint}"))
        }
        TokenCommand::List { directory } => print_tokens(&service.scim_tokens(directory).await?, output),
        TokenCommand::Delete { id } => {
            service.delete_scim_token(id).await?;
            output.done("Deleted. The next request with it is refused.")
        }
    }
}
