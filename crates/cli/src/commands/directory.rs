//! `enroll directory`: directories.

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::RebindPolicy;
use enroll_scim::{Quirk, UnknownExtensions};
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
    /// Accept (on) or refuse (off) one quirk whatever the dialect, or leave it to the dialect (default); may be given more than once
    #[arg(long = "quirk", value_name = "NAME=on|off|default", value_parser = quirk)]
    quirks: Vec<(Quirk, Option<bool>)>,
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
            quirks: self.quirks.clone(),
        }
    }
}

/// Reads `string-booleans=off`.
fn quirk(text: &str) -> Result<(Quirk, Option<bool>), String> {
    let (name, word) = text.split_once('=').ok_or("write NAME=on, NAME=off or NAME=default")?;
    let accepted = match word {
        "on" => Some(true),
        "off" => Some(false),
        "default" => None,
        _ => return Err(format!("{word:?} is none of on, off and default")),
    };
    let quirk = Quirk::ALL.into_iter().find(|quirk| quirk.name() == name).ok_or_else(|| {
        let names: Vec<&str> = Quirk::ALL.into_iter().map(Quirk::name).collect();
        format!("there is no quirk {name:?}; there are {}", names.join(", "))
    })?;
    Ok((quirk, accepted))
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
                    quirks(directory),
                    directory.users.to_string(),
                    directory.groups.to_string(),
                ]
            })
            .collect();
        table(
            ["NAME", "DIALECT", "REBIND", "UNKNOWN EXTENSIONS", "QUIRKS", "USERS", "GROUPS"],
            rows,
            "No directories yet.",
        )
    })
}

/// The quirks that are not as the dialect has them.
fn quirks(directory: &DirectoryInfo) -> String {
    let switched = directory.quirks.iter();
    let words: Vec<String> =
        switched.map(|(name, accepted)| format!("{name} {}", if *accepted { "on" } else { "off" })).collect();
    words.join(", ")
}
