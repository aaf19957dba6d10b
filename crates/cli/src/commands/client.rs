//! `enroll client`: applications that let Enroll sign users in with OpenID Connect.

use clap::{Args, Subcommand};
use enroll_domain::{ClientKind, ClientScope, SigningAlgorithm};
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, segment, text};
use crate::output::{self, Output, table};

/// What to do with clients.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientCommand {
    /// Register a client; its secret is shown once and never again
    Create(CreateClient),
    /// List the clients
    List,
    /// Change a client; what is not given stays
    Set {
        /// The `client_id`
        id: String,
        /// What it is called
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: SettingsArguments,
    },
    /// Give a client another secret; the old one is good for nothing any more
    RotateSecret {
        /// The `client_id`
        id: String,
        /// Print the secret alone, for scripts
        #[arg(long)]
        print: bool,
    },
    /// Delete a client with everything that it was given
    Delete {
        /// The `client_id`
        id: String,
    },
    /// Make new keys for ID tokens; they sign after ten minutes, and the old ones stay published for a week
    RotateKeys,
}

/// A new client.
#[derive(Debug, Args)]
pub(crate) struct CreateClient {
    /// What it is called
    name: String,
    /// It cannot keep a secret: it runs in a browser or on a device of the user
    #[arg(long)]
    public: bool,
    /// Print `client_id` and secret alone, for scripts
    #[arg(long)]
    print: bool,
    #[command(flatten)]
    settings: SettingsArguments,
}

/// What of a client can be set.
#[derive(Debug, Args)]
pub(crate) struct SettingsArguments {
    /// Where users come back to after signing in; give it again for more
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<String>,
    /// Where users may go after signing out; give it again for more
    #[arg(long = "post-logout-uri", value_name = "URI")]
    post_logout_uris: Vec<String>,
    /// Where the client is told that a session has ended (back-channel logout); "" for nowhere
    #[arg(long, value_name = "URI")]
    logout_uri: Option<String>,
    /// The one directory whose users it is for; "" for all
    #[arg(long)]
    directory: Option<String>,
    /// What it may be told: openid, profile, email, organizations, groups; give it again for more [default: all]
    #[arg(long = "scope")]
    scopes: Vec<ClientScope>,
    /// How its ID tokens are signed: RS256 or ES256 [default: RS256]
    #[arg(long)]
    algorithm: Option<SigningAlgorithm>,
    /// Whether it is told that the addresses of users are verified [default: false]
    #[arg(long, value_name = "true|false")]
    email_verified: Option<bool>,
}

impl SettingsArguments {
    /// The members of a request that were given.
    fn members(&self, name: Option<&str>) -> Value {
        let list = |list: &[String]| (!list.is_empty()).then(|| json!(list));
        let members = [
            ("name", name.map(|name| json!(name))),
            ("directory", self.directory.as_ref().map(|directory| json!(directory))),
            ("redirectUris", list(&self.redirect_uris)),
            ("postLogoutUris", list(&self.post_logout_uris)),
            ("logoutUri", self.logout_uri.as_ref().map(|uri| json!(uri))),
            ("scopes", (!self.scopes.is_empty()).then(|| json!(self.scopes))),
            ("algorithm", self.algorithm.map(|algorithm| json!(algorithm))),
            ("emailVerified", self.email_verified.map(|verified| json!(verified))),
        ];
        members.into_iter().filter_map(|(member, value)| Some((member.to_owned(), value?))).collect()
    }
}

pub(crate) async fn run(command: &ClientCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let client = |id: &str| format!("/clients/{}", segment(id));
    match command {
        ClientCommand::Create(create) => {
            let kind = if create.public { ClientKind::Public } else { ClientKind::Confidential };
            let mut new = create.settings.members(Some(&create.name));
            new["kind"] = json!(kind);
            if create.settings.redirect_uris.is_empty() {
                new["redirectUris"] = json!([]);
            }
            print_new(&api.send(Method::POST, "/clients", &new).await?, create.print, api, output)
        }
        ClientCommand::List => print_clients(&api.all("/clients", "clients").await?, output),
        ClientCommand::Set { id, name, settings } => {
            let change = settings.members(name.as_deref());
            print_clients(&[api.send(Method::PATCH, &client(id), &change).await?], output)
        }
        ClientCommand::RotateSecret { id, print } => {
            let new = api.send(Method::POST, &format!("{}/secret", client(id)), &json!({})).await?;
            if *print && output == Output::Text {
                output::raw(text(&new, "secret"));
                return Ok(());
            }
            print_new(&new, false, api, output)
        }
        ClientCommand::Delete { id } => {
            api.delete(&client(id)).await?;
            output.done("Deleted, with everything that it was given.")
        }
        ClientCommand::RotateKeys => {
            api.send(Method::POST, "/signing-keys", &json!({})).await?;
            output.done("New keys are published. They sign after ten minutes; the old ones stay published for a week.")
        }
    }
}

fn print_new(new: &Value, alone: bool, api: &Api, output: Output) -> anyhow::Result<()> {
    let (id, secret) = (text(new, "id"), text(new, "secret"));
    if alone && output == Output::Text {
        output::raw(if secret.is_empty() { id } else { format!("{id} {secret}") });
        return Ok(());
    }
    output.result(new, |_| {
        let secret = if secret.is_empty() {
            "It is a public client: it has no secret, and PKCE protects its codes.".to_owned()
        } else {
            format!("client_secret: {secret}\nThis is the only time the secret is shown.")
        };
        format!("client_id:     {id}\n{secret}\nissuer:        {}", api.public_url())
    })
}

fn print_clients(clients: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&clients, |clients| {
        let words = |client: &Value, member: &str| {
            let words = client[member].as_array().into_iter().flatten().filter_map(Value::as_str);
            words.collect::<Vec<_>>().join(" ")
        };
        let row = |client: &Value| {
            let directory = text(client, "directory");
            [
                text(client, "id"),
                text(client, "name"),
                text(client, "kind"),
                if directory.is_empty() { "all".to_owned() } else { directory },
                words(client, "redirectUris"),
                words(client, "scopes"),
            ]
        };
        let columns = ["ID", "NAME", "KIND", "DIRECTORY", "REDIRECT URIS", "SCOPES"];
        table(columns, clients.iter().map(row).collect(), "No clients yet.")
    })
}
