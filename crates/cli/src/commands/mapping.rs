//! `enroll mapping`: which group gives which role in which organization.

use clap::{Args, Subcommand};
use enroll_domain::Role;
use enroll_domain::privilege::AllowPrivileged;
use enroll_service::{MappingInfo, NewMapping, Service};

use crate::output::{Output, table};

/// What to do with mappings.
#[derive(Debug, Subcommand)]
pub(crate) enum MappingCommand {
    /// Map a group to a role in an organization; in force at once, or as soon as the group appears
    Add(AddMapping),
    /// List the mappings and what each is bound to
    List,
    /// Stop a mapping's effect without removing it
    Pause {
        /// The mapping's id, as `enroll mapping list` shows it
        id: String,
    },
    /// Let a paused mapping have effect again
    Resume {
        /// The mapping's id
        id: String,
    },
    /// Bind a mapping to the group that has its name now, for example after the group was deleted and made anew
    Rebind {
        /// The mapping's id
        id: String,
        /// Another group's name
        #[arg(long)]
        group: Option<String>,
    },
    /// Remove a mapping; the access it gave ends at once
    Remove {
        /// The mapping's id
        id: String,
    },
}

/// A new mapping.
#[derive(Debug, Args)]
pub(crate) struct AddMapping {
    /// Name of the group in the identity provider; it need not exist yet
    #[arg(long)]
    group: String,
    /// Name or id of the organization
    #[arg(long)]
    org: String,
    /// member, writer, admin or owner
    #[arg(long)]
    role: Option<Role>,
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
    /// Needed for the roles admin and owner: whoever can edit the group in the identity provider can then make admins
    #[arg(long)]
    allow_privileged: bool,
}

pub(crate) async fn run(command: &MappingCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    let changed = match command {
        MappingCommand::Add(add) => {
            let new = NewMapping {
                directory: add.directory.clone(),
                group: add.group.clone(),
                organization: add.org.clone(),
                role: add.role,
                allow_privileged: if add.allow_privileged {
                    AllowPrivileged::Yes
                } else {
                    AllowPrivileged::No
                },
            };
            vec![service.add_mapping(&new).await?]
        }
        MappingCommand::List => service.mappings().await?,
        MappingCommand::Pause { id } => vec![service.pause_mapping(id, true).await?],
        MappingCommand::Resume { id } => vec![service.pause_mapping(id, false).await?],
        MappingCommand::Rebind { id, group } => vec![service.rebind_mapping(id, group.as_deref()).await?],
        MappingCommand::Remove { id } => {
            service.remove_mapping(id).await?;
            return output.done("Removed. The access it gave has ended.");
        }
    };
    print(&changed, output)
}

fn print(mappings: &[MappingInfo], output: Output) -> anyhow::Result<()> {
    output.result(&mappings, |mappings| {
        let rows = mappings
            .iter()
            .map(|mapping| {
                [
                    mapping.group.clone(),
                    mapping.organization.clone(),
                    mapping.role.to_string(),
                    mapping.state.to_string(),
                    mapping.directory.clone(),
                    mapping.id.to_string(),
                ]
            })
            .collect();
        let empty = "No mappings yet. Make one: enroll mapping add --group GROUP --org ORG --role ROLE";
        table(["GROUP", "ORG", "ROLE", "STATE", "DIRECTORY", "ID"], rows, empty)
    })
}
