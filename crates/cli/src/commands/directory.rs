//! `enroll directory`: directories.

use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::{Idp, Role};
use enroll_scim::Quirk;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use super::brake::{self, BrakeCommand};
use super::sso::{self, SsoCommand};
use crate::api::{Api, moment, segment, text};
use crate::output::{Output, details, table};

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
    /// Show a directory
    Show {
        /// The directory's name
        name: String,
    },
    /// Delete a directory that holds nothing: no users, groups, tokens, mappings and schemas
    Delete {
        /// The directory's name
        name: String,
    },
    /// Change a directory's settings
    Set {
        /// The directory's name
        name: String,
        #[command(flatten)]
        settings: SettingsArguments,
    },
    /// Limit how many people may lose access over SCIM in a while
    #[command(subcommand)]
    Brake(BrakeCommand),
    /// Let people sign in by SAML
    #[command(subcommand)]
    Sso(SsoCommand),
    /// Take no changes over SCIM until `resume`; reads go on
    Pause {
        /// The directory's name
        name: String,
    },
    /// Take changes over SCIM again
    Resume {
        /// The directory's name
        name: String,
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
    /// Which identity provider it is: entra, okta, onelogin, jumpcloud, ping, google, keycloak, authentik, other; or guess, from what it
    /// sends. It decides how long silence is normal, and how errors are explained
    #[arg(long, value_name = "NAME", value_parser = idp)]
    idp: Option<IdpChoice>,
    /// Accept (on) or refuse (off) one quirk whatever the dialect, or leave it to the dialect (default); may be given more than once
    #[arg(long = "quirk", value_name = "NAME=on|off|default", value_parser = quirk)]
    quirks: Vec<(Quirk, Option<bool>)>,
    /// Enroll everybody who signs in into this organization; each user once
    #[arg(long, value_name = "ORG")]
    enroll_into: Option<String>,
    /// In which role: member (the default), writer, admin or owner
    #[arg(long, value_name = "ROLE", requires = "enroll_into")]
    enroll_role: Option<Role>,
    /// Needed for the roles admin and owner: everybody who signs in then has them
    #[arg(long, requires = "enroll_into")]
    allow_privileged: bool,
    /// Enroll nobody by signing in; who was enrolled stays so
    #[arg(long, conflicts_with = "enroll_into")]
    enroll_nobody: bool,
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
    /// What the API is to change.
    fn settings(&self) -> Value {
        let mut settings = json!({});
        if let Some(dialect) = self.dialect {
            settings["dialect"] = word(&dialect);
        }
        if let Some(rebind) = self.rebind {
            settings["rebind"] = word(&rebind);
        }
        if let Some(rule) = self.unknown_extensions {
            settings["unknownExtensions"] = word(&rule);
        }
        if let Some(IdpChoice(idp)) = self.idp {
            settings["idp"] = idp.map_or_else(|| json!("guess"), |idp| json!(idp));
        }
        for (quirk, accepted) in &self.quirks {
            settings["quirks"][quirk.name()] = json!(accepted);
        }
        if self.enroll_nobody {
            settings["defaultEnrollment"] = Value::Null;
        }
        if let Some(organization) = &self.enroll_into {
            let mut enrollment =
                json!({"organization": organization, "allowPrivileged": self.allow_privileged});
            if let Some(role) = self.enroll_role {
                enrollment["role"] = json!(role);
            }
            settings["defaultEnrollment"] = enrollment;
        }
        settings
    }
}

/// A word of the command line: the API has the same.
fn word(value: &impl ValueEnum) -> Value {
    json!(value.to_possible_value().map(|word| word.get_name().to_owned()))
}

/// An identity provider, or none for a guess.
#[derive(Debug, Clone, Copy)]
struct IdpChoice(Option<Idp>);

/// Reads `okta` or `guess`.
fn idp(text: &str) -> Result<IdpChoice, String> {
    if text == "guess" {
        return Ok(IdpChoice(None));
    }
    text.parse().map(|idp| IdpChoice(Some(idp))).map_err(|error| format!("{error}, or guess"))
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

pub(crate) async fn run(command: &DirectoryCommand, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let directories = match command {
        DirectoryCommand::Create { name, settings } => {
            let mut new = settings.settings();
            new["name"] = json!(name);
            vec![api.send(Method::POST, "/directories", &new).await?]
        }
        DirectoryCommand::Brake(command) => {
            brake::run(command, api, output).await?;
            return Ok(ExitCode::SUCCESS);
        }
        DirectoryCommand::Sso(command) => return sso::run(command, api, output).await,
        DirectoryCommand::Pause { name } => {
            brake::pause(api, name, true, output).await?;
            return Ok(ExitCode::SUCCESS);
        }
        DirectoryCommand::Resume { name } => {
            brake::pause(api, name, false, output).await?;
            return Ok(ExitCode::SUCCESS);
        }
        DirectoryCommand::Show { name } => {
            let directory = api.get(&format!("/directories/{}", segment(name))).await?;
            output.result(&directory, shown)?;
            return Ok(ExitCode::SUCCESS);
        }
        DirectoryCommand::Delete { name } => {
            api.delete(&format!("/directories/{}", segment(name))).await?;
            output.done(format!("The directory {name} is deleted."))?;
            return Ok(ExitCode::SUCCESS);
        }
        DirectoryCommand::List => api.all("/directories", "directories").await?,
        DirectoryCommand::Set { name, settings } => {
            let directory = format!("/directories/{}", segment(name));
            vec![api.send(Method::PATCH, &directory, &settings.settings()).await?]
        }
    };
    print(&directories, output)?;
    Ok(ExitCode::SUCCESS)
}

fn shown(directory: &Value) -> String {
    details(&[
        ("name", text(directory, "name")),
        ("identity provider", text(directory, "idp")),
        ("state", text(directory, "state")),
        ("last request", last(directory)),
        ("users", text(directory, "users")),
        ("groups", text(directory, "groups")),
        ("enrolls into", enrolls_into(directory)),
        ("dialect", text(directory, "dialect")),
        ("quirks", quirks(directory)),
        ("rebind", text(directory, "rebind")),
        ("unknown extensions", text(directory, "unknownExtensions")),
        ("created", moment(directory, "created")),
        ("id", text(directory, "id")),
    ])
}

fn print(directories: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&directories, |directories| {
        let row = |directory| {
            [
                text(directory, "name"),
                text(directory, "dialect"),
                text(directory, "rebind"),
                text(directory, "unknownExtensions"),
                quirks(directory),
                enrolls_into(directory),
                text(directory, "users"),
                text(directory, "groups"),
                text(directory, "state"),
                last(directory),
            ]
        };
        table(
            [
                "NAME",
                "DIALECT",
                "REBIND",
                "UNKNOWN EXTENSIONS",
                "QUIRKS",
                "ENROLLS INTO",
                "USERS",
                "GROUPS",
                "STATE",
                "LAST REQUEST",
            ],
            directories.iter().map(row).collect(),
            "No directories yet.",
        )
    })
}

/// Where the first sign-in enrolls.
fn enrolls_into(directory: &Value) -> String {
    match &directory["defaultEnrollment"] {
        Value::Null => String::new(),
        enrollment => format!("{} as {}", text(enrollment, "organization"), text(enrollment, "role")),
    }
}

/// When the last request came, and why the last one that was refused was, unless others have been carried out since.
fn last(directory: &Value) -> String {
    let time = |object: &Value, member| text(object, member).parse::<Timestamp>().ok();
    let came = time(directory, "lastRequest").map_or_else(|| "never".to_owned(), |time| format!("{time:.0}"));
    let error = &directory["lastError"];
    match time(error, "time") {
        Some(refused) if time(directory, "lastSuccess").is_none_or(|success| success < refused) => {
            format!("{came}: {} {}", text(error, "status"), text(error, "explanation"))
        }
        _ => came,
    }
}

/// The quirks that are not as the dialect has them.
fn quirks(directory: &Value) -> String {
    let switched = directory["quirks"].as_object().into_iter().flatten();
    let words: Vec<String> = switched
        .map(|(name, accepted)| format!("{name} {}", if *accepted == true { "on" } else { "off" }))
        .collect();
    words.join(", ")
}
