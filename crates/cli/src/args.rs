//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::api::{ForceArguments, ServerArguments};
use crate::commands::{
    access, api_token, apply, audit, backup, client, conform, demo, directory, events, group, mapping,
    moving, org, people, readiness, requests, resource, restore, schema, session, simulate, token, transfer,
    webhook,
};
use crate::exit;
use crate::settings::SettingsFlags;

/// SCIM 2.0 service provider: identity providers push people and groups, organizations follow.
#[derive(Debug, Parser)]
#[command(name = "enroll", version, after_help = exit::HELP, propagate_version = true)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) settings: SettingsFlags,
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the server
    Serve,
    /// Start a server in a temporary folder and play a week of Okta and Entra ID traffic against it
    Demo(demo::DemoArguments),
    /// Play an identity provider against a SCIM server and check each answer
    Simulate(simulate::SimulateArguments),
    /// Check a SCIM server against RFC 7643, RFC 7644 and RFC 9865
    Conform(conform::ConformArguments),
    /// Manage directories, each one connection to an identity provider
    Directory(ByApi<directory::DirectoryCommand>),
    /// Manage SCIM tokens, with which an identity provider signs in
    Token(ByApi<token::TokenCommand>),
    /// Manage API tokens, with which applications and administrators sign in
    ApiToken(ByApi<api_token::ApiTokenCommand>),
    /// Manage organizations and see who is in them
    Org(Forcible<org::OrgCommand>),
    /// Manage resources of organizations and see who may do what on them
    Resource(ByApi<resource::ResourceCommand>),
    /// List, deactivate, reactivate and delete users, and change their handles
    User(Forcible<people::UserCommand>),
    /// See the groups of a directory and who is in them
    Group(ByApi<group::GroupCommand>),
    /// Manage server admins, local ones for emergencies among them
    Admin(Forcible<people::AdminCommand>),
    /// Manage bots: users for programs, outside identity providers
    Bot(ByApi<people::BotCommand>),
    /// Manage mappings: which group gives which role in which organization or on which resource
    Mapping(mapping::MappingArguments),
    /// Manage clients, applications that let Enroll sign users in with OpenID Connect
    Client(ByApi<client::ClientCommand>),
    /// See and end the sessions of users who have signed in
    Session(ByApi<session::SessionCommand>),
    /// Manage schemas and resource types that a directory has beside those of the RFCs
    Schema(ByApi<schema::SchemaCommand>),
    /// Make what is set up as a file says, after showing the difference
    Apply(apply::ApplyArguments),
    /// Read, check and export the audit trail: who has changed what and when
    Audit(ByApi<audit::AuditCommand>),
    /// What to look at in a directory: missing groups, tokens that expire, organizations without an owner
    Readiness(Asking<readiness::ReadinessArguments>),
    /// Follow the feed of events: what has changed, in order
    Events(ByApi<events::EventsCommand>),
    /// Manage webhooks: where events are sent
    Webhook(ByApi<webhook::WebhookCommand>),
    /// See what identity providers have sent, what came of it, and what to do about errors
    Requests(ByApi<requests::RequestsCommand>),
    /// May this user act in that organization or on that resource?
    Check(Asking<access::CheckArguments>),
    /// Why may this user act in that organization or on that resource, or why not?
    Explain(Asking<access::ExplainArguments>),
    /// What may this user reach?
    Access(Asking<access::ReachArguments>),
    /// Recompute all memberships and compare them with what the server answers
    Verify,
    /// Write the database into one file, also while the server runs, and check what was written
    Backup(backup::BackupArguments),
    /// Make the database from a backup, in an empty folder or an empty PostgreSQL database
    Restore(restore::RestoreArguments),
    /// Move everything from the embedded database to PostgreSQL, or back, and compare all rows
    Move(moving::MoveArguments),
    /// Write a directory into a file that another instance can read; tokens, sessions and secrets are not in it
    Export(Asking<transfer::ExportArguments>),
    /// Read a file into a directory: what export has written, or a list of users (--from csv)
    Import(Asking<transfer::ImportArguments>),
    /// Bring the database to the newest schema and stop
    Migrate,
    /// Show which settings are in force and where each came from
    Config,
    /// Print a completion script for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// Commands that ask the API, here or on a server.
#[derive(Debug, Args)]
pub(crate) struct ByApi<C: Subcommand> {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(subcommand)]
    pub(crate) command: C,
}

/// The same, for commands that may take away the last admin or the last owner.
#[derive(Debug, Args)]
pub(crate) struct Forcible<C: Subcommand> {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) force: ForceArguments,
    #[command(subcommand)]
    pub(crate) command: C,
}

/// A question to the API, here or on a server.
#[derive(Debug, Args)]
pub(crate) struct Asking<A: Args> {
    #[command(flatten)]
    pub(crate) server: ServerArguments,
    #[command(flatten)]
    pub(crate) question: A,
}
