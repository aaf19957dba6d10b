//! One command, one file.

pub(crate) mod access;
pub(crate) mod api_token;
pub(crate) mod audit;
mod config;
pub(crate) mod conform;
pub(crate) mod demo;
pub(crate) mod directory;
pub(crate) mod mapping;
pub(crate) mod org;
mod progress;
pub(crate) mod schema;
mod serve;
pub(crate) mod simulate;
pub(crate) mod token;
mod verify;

use std::process::ExitCode;

use clap::CommandFactory as _;

use crate::args::{Arguments, Command};
use crate::logging;
use crate::open::{Opening, with_service};
use crate::output::Output;
use crate::settings::Settings;

/// Carries out what the command line asks for.
pub(crate) async fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let output = if arguments.json { Output::Json } else { Output::Text };
    if let Command::Completions { shell } = arguments.command {
        clap_complete::generate(shell, &mut Arguments::command(), "enroll", &mut std::io::stdout());
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
        Command::Directory(command) => {
            with_service(&settings, opening, async |service| directory::run(command, service, output).await)
                .await?;
        }
        Command::Token(command) => {
            with_service(&settings, opening, async |service| token::run(command, service, output).await)
                .await?;
        }
        Command::ApiToken(command) => {
            with_service(&settings, opening, async |service| api_token::run(command, service, output).await)
                .await?;
        }
        Command::Org(command) => {
            with_service(&settings, opening, async |service| org::run(command, service, output).await)
                .await?;
        }
        Command::Mapping(command) => {
            with_service(&settings, opening, async |service| mapping::run(command, service, output).await)
                .await?;
        }
        Command::Schema(command) => {
            with_service(&settings, opening, async |service| schema::run(command, service, output).await)
                .await?;
        }
        Command::Audit(command) => {
            return with_service(&settings, opening, async |service| {
                audit::run(command, service, output).await
            })
            .await;
        }
        Command::Check(access) => {
            return with_service(&settings, opening, async |service| {
                access::check(access, service, output).await
            })
            .await;
        }
        Command::Explain(access) => {
            with_service(&settings, opening, async |service| access::explain(access, service, output).await)
                .await?;
        }
        Command::Verify => {
            return with_service(&settings, opening, async |service| verify::run(service, output).await)
                .await;
        }
        Command::Migrate => {
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
        | Command::Directory(directory::DirectoryCommand::Create { .. })
        | Command::Token(token::TokenCommand::Create(_))
        | Command::ApiToken(api_token::ApiTokenCommand::Create(_))
        | Command::Org(org::OrgCommand::Create { .. })
        | Command::Mapping(mapping::MappingCommand::Add(_))
        | Command::Schema(schema::SchemaCommand::Register { .. }) => Opening::SetUp,
        _ => Opening::Existing,
    }
}
