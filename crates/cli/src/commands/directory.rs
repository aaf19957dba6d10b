//! `enroll directory`: directories.

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::RebindPolicy;
use enroll_scim::UnknownExtensions;
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
    /// What happens to extensions of users and groups that no schema describes: left out with a note, stored as they are, or the
    /// request is refused
    #[arg(long)]
    unknown_extensions: Option<RuleName>,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RuleName {
    Ignore,
    Keep,
    Refuse,
}

impl SettingsArguments {
    fn settings(&self) -> DirectorySettings {
        DirectorySettings {
            strict: self.dialect.map(|dialect| matches!(dialect, DialectName::Strict)),
            rebind: self.rebind.map(|rebind| match rebind {
                RebindName::Confirm => RebindPolicy::Confirm,
                RebindName::ByName => RebindPolicy::ByName,
            }),
            unknown_extensions: self.unknown_extensions.map(|rule| match rule {
                RuleName::Ignore => UnknownExtensions::Ignore,
                RuleName::Keep => UnknownExtensions::Keep,
                RuleName::Refuse => UnknownExtensions::Refuse,
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
                    directory.unknown_extensions.to_owned(),
                    directory.users.to_string(),
                    directory.groups.to_string(),
                ]
            })
            .collect();
        table(
            ["NAME", "DIALECT", "REBIND", "UNKNOWN EXTENSIONS", "USERS", "GROUPS"],
            rows,
            "No directories yet.",
        )
    })
}
