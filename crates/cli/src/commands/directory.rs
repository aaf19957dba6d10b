//! `enroll directory`: directories.

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::RebindPolicy;
use enroll_service::{DirectoryInfo, DirectorySettings, Service};

use crate::output::{Output, table};

/// What to do with directories.
#[derive(Debug, Subcommand)]
pub(crate) enum DirectoryCommand {
    /// Create a directory for one more identity provider
    Create {
        /// 3 to 32 of a-z, 0-9 and -, starting with a letter
        name: String,
        #[command(flatten)]
        settings: SettingsArguments,
    },
    /// List the directories
    List,
    /// Change a directory's settings
    Set {
        /// The directory's name
        name: String,
        #[command(flatten)]
        settings: SettingsArguments,
    },
}

/// Settings of a directory; what is not given stays as it is.
#[derive(Debug, Args)]
pub(crate) struct SettingsArguments {
    /// How requests are read: as real identity providers write them, or by the RFCs to the letter
    #[arg(long)]
    dialect: Option<DialectName>,
    /// When a mapped group is deleted and one of the same name is made: wait for an admin, or bind by name
    #[arg(long)]
    rebind: Option<RebindName>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DialectName {
    Compat,
    Strict,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RebindName {
    Confirm,
    ByName,
}

impl SettingsArguments {
    fn settings(&self) -> DirectorySettings {
        DirectorySettings {
            strict: self.dialect.map(|dialect| matches!(dialect, DialectName::Strict)),
            rebind: self.rebind.map(|rebind| match rebind {
                RebindName::Confirm => RebindPolicy::Confirm,
                RebindName::ByName => RebindPolicy::ByName,
            }),
        }
    }
}

pub(crate) async fn run(command: &DirectoryCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    match command {
        DirectoryCommand::Create { name, settings } => {
            let directory = service.create_directory(name, &settings.settings()).await?;
            print(&[directory], output)
        }
        DirectoryCommand::List => print(&service.directories().await?, output),
        DirectoryCommand::Set { name, settings } => {
            let directory = service.set_directory(name, &settings.settings()).await?;
            print(&[directory], output)
        }
    }
}

fn print(directories: &[DirectoryInfo], output: Output) -> anyhow::Result<()> {
    output.result(&directories, |directories| {
        let rows = directories
            .iter()
            .map(|directory| {
                [
                    directory.name.clone(),
                    directory.dialect.to_owned(),
                    directory.rebind.to_string(),
                    directory.users.to_string(),
                    directory.groups.to_string(),
                ]
            })
            .collect();
        table(["NAME", "DIALECT", "REBIND", "USERS", "GROUPS"], rows, "No directories yet.")
    })
}
