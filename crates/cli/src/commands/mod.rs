//! One command, one file.

pub(crate) mod access;
pub(crate) mod api_token;
pub(crate) mod apply;
pub(crate) mod audit;
pub(crate) mod backup;
pub(crate) mod brake;
pub(crate) mod client;
mod config;
pub(crate) mod conform;
pub(crate) mod demo;
pub(crate) mod directory;
pub(crate) mod events;
pub(crate) mod group;
pub(crate) mod mapping;
pub(crate) mod moving;
pub(crate) mod org;
pub(crate) mod people;
mod progress;
pub(crate) mod readiness;
pub(crate) mod requests;
pub(crate) mod resource;
pub(crate) mod restore;
pub(crate) mod schema;
mod serve;
pub(crate) mod session;
pub(crate) mod simulate;
pub(crate) mod sso;
pub(crate) mod token;
pub(crate) mod transfer;
mod verify;
pub(crate) mod webhook;

use std::process::ExitCode;

use clap::CommandFactory as _;
use enroll_service::Service;

use crate::api::{Api, no_server, with_api, with_force};
use crate::args::{Arguments, Asking, ByApi, Command, Forcible};
use crate::logging;
use crate::open::{Opening, with_service};
use crate::output::{Output, raw};
use crate::settings::Settings;
use audit::AuditCommand;

/// Carries out what the command line asks for.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let output = if arguments.json { Output::Json } else { Output::Text };
    if let Command::Completions { shell } = arguments.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "enroll", &mut script);
        raw(String::from_utf8_lossy(&script));
        return Ok(ExitCode::SUCCESS);
    }
    let settings = Settings::load(&arguments.settings)?;
    let opening = opening(&arguments.command);
    match &arguments.command {
        Command::Serve => {
            logging::start(settings.log_format, &settings.log)?;
            serve::run(&settings).await?;
        }
        Command::Demo(demo) => return demo::run(demo, output).await,
        Command::Conform(conform) => return conform::run(conform, output).await,
        Command::Simulate(simulate) => return simulate::run(simulate, output).await,
        Command::Directory(ByApi { server, command }) => {
            let run = async |api: &Api| directory::run(command, api, output).await;
            return with_api(server, &settings, opening, run).await;
        }
        Command::Token(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| token::run(command, api, output).await).await?;
        }
        Command::ApiToken(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| api_token::run(command, api, output).await)
                .await?;
        }
        Command::Org(Forcible { server, force, command }) => {
            let run = async |api: &Api| org::run(command, api, output).await;
            with_force(server, *force, &settings, opening, run).await?;
        }
        Command::Mapping(arguments) => {
            let run = async |api: &Api| mapping::run(arguments, api, output).await;
            with_force(&arguments.server, arguments.force, &settings, opening, run).await?;
        }
        Command::Resource(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| resource::run(command, api, output).await)
                .await?;
        }
        Command::Schema(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| schema::run(command, api, output).await).await?;
        }
        Command::User(Forcible { server, force, command }) => {
            let run = async |api: &Api| people::user(command, api, output).await;
            with_force(server, *force, &settings, opening, run).await?;
        }
        Command::Group(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| group::run(command, api, output).await).await?;
        }
        Command::Admin(Forcible { server, force, command }) => {
            let run = async |api: &Api| people::admin(command, api, output).await;
            with_force(server, *force, &settings, opening, run).await?;
        }
        Command::Bot(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| people::bot(command, api, output).await).await?;
        }
        Command::Apply(apply) => {
            let run = async |api: &Api| apply::run(apply, api, output).await;
            return with_force(&apply.server, apply.force, &settings, opening, run).await;
        }
        Command::Client(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| client::run(command, api, output).await).await?;
        }
        Command::Session(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| session::run(command, api, output).await)
                .await?;
        }
        Command::Audit(ByApi { server, command }) => match command {
            AuditCommand::List(list) => {
                with_api(server, &settings, opening, async |api| audit::list(list, api, output).await)
                    .await?;
            }
            AuditCommand::Export { format } => {
                with_api(server, &settings, opening, async |api| audit::export(api, *format).await).await?;
            }
            AuditCommand::Verify { anchor } => {
                server.none("audit verify")?;
                let run = async |service: &Service| audit::verify(*anchor, service, output).await;
                return with_service(&settings, opening, run).await;
            }
        },
        Command::Readiness(Asking { server, question }) => {
            return with_api(server, &settings, opening, async |api| {
                readiness::run(question, api, output).await
            })
            .await;
        }
        Command::Events(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| events::run(command, api, output).await).await?;
        }
        Command::Requests(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| requests::run(command, api, output).await)
                .await?;
        }
        Command::Webhook(ByApi { server, command }) => {
            with_api(server, &settings, opening, async |api| webhook::run(command, api, output).await)
                .await?;
        }
        Command::Check(Asking { server, question }) => {
            return with_api(server, &settings, opening, async |api| {
                access::check(question, api, output).await
            })
            .await;
        }
        Command::Explain(Asking { server, question }) => {
            with_api(server, &settings, opening, async |api| access::explain(question, api, output).await)
                .await?;
        }
        Command::Access(Asking { server, question }) => {
            with_api(server, &settings, opening, async |api| access::reach(question, api, output).await)
                .await?;
        }
        Command::Verify => {
            no_server("verify")?;
            return with_service(&settings, opening, async |service| verify::run(service, output).await)
                .await;
        }
        Command::Export(Asking { server, question }) => {
            with_api(server, &settings, opening, async |api| transfer::export(question, api, output).await)
                .await?;
        }
        Command::Import(Asking { server, question }) => {
            return with_api(server, &settings, opening, async |api| {
                transfer::import(question, api, output).await
            })
            .await;
        }
        Command::Backup(backup) => return backup::run(backup, &settings, output).await,
        Command::Restore(restore) => {
            no_server("restore")?;
            restore::run(restore, &settings, output).await?;
        }
        Command::Move(moving) => return moving::run(moving, &settings, output).await,
        Command::Migrate => {
            no_server("migrate")?;
            with_service(&settings, opening, async |_| Ok(())).await?;
            output.done("The database is at the newest schema.")?;
        }
        Command::Config => config::run(&settings, output)?,
        Command::Completions { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Commands that set something up may come before the server's first start; questions and changes need a database.
fn opening(command: &Command) -> Opening {
    match command {
        Command::Serve => Opening::Serve,
        Command::Migrate
        | Command::Apply(_)
        | Command::Import(_)
        | Command::Directory(ByApi { command: directory::DirectoryCommand::Create { .. }, .. })
        | Command::Token(ByApi { command: token::TokenCommand::Create(_), .. })
        | Command::ApiToken(ByApi { command: api_token::ApiTokenCommand::Create(_), .. })
        | Command::Admin(Forcible { command: people::AdminCommand::Create { .. }, .. })
        | Command::Bot(ByApi { command: people::BotCommand::Create { .. }, .. })
        | Command::Client(ByApi { command: client::ClientCommand::Create(_), .. })
        | Command::Org(Forcible { command: org::OrgCommand::Create { .. }, .. })
        | Command::Resource(ByApi { command: resource::ResourceCommand::Add { .. }, .. })
        | Command::Mapping(mapping::MappingArguments {
            command: mapping::MappingCommand::Edit(mapping::EditCommand::Add(_)),
            ..
        })
        | Command::Schema(ByApi { command: schema::SchemaCommand::Register { .. }, .. }) => Opening::SetUp,
        _ => Opening::Existing,
    }
}
