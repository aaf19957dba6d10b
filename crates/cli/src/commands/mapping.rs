//! `enroll mapping`: which group gives which role in which organization or on which resource.

use clap::{Args, Subcommand};
use enroll_domain::RoleWord;
use reqwest::Method;
use serde_json::{Value, json};

use super::access::target;
use super::resource::ResourcePath;
use crate::api::{Api, segment, text};
use crate::output::{Output, table};

/// What to do with mappings.
#[derive(Debug, Subcommand)]
pub(crate) enum MappingCommand {
    /// Map a group to a role in an organization or on a resource; in force at once, or as soon as the group appears
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
    #[arg(long, required_unless_present = "resource")]
    org: Option<String>,
    /// A resource, by its organization and its name, KIND:NAME or id
    #[arg(long, value_name = "ORG/NAME", conflicts_with = "org")]
    resource: Option<ResourcePath>,
    /// In an organization member (the default), writer, admin or owner; on a resource read (the default), limited-write, write
    /// or admin
    #[arg(long)]
    role: Option<RoleWord>,
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
    /// Needed for the roles admin and owner: whoever can edit the group in the identity provider can then make admins
    #[arg(long)]
    allow_privileged: bool,
}

impl AddMapping {
    /// What the API is to make.
    fn to_json(&self) -> Value {
        let mut new = json!({
            "directory": self.directory,
            "group": self.group,
            "allowPrivileged": self.allow_privileged,
        });
        match &self.resource {
            None => new["organization"] = json!(self.org),
            Some(ResourcePath { org, name }) => {
                new["organization"] = json!(org);
                new["resource"] = json!(name);
            }
        }
        if let Some(role) = self.role {
            new["role"] = json!(role);
        }
        new
    }
}

pub(crate) async fn run(command: &MappingCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let mapping = |id: &str| format!("/mappings/{}", segment(id));
    let changed = match command {
        MappingCommand::Add(add) => vec![api.send(Method::POST, "/mappings", &add.to_json()).await?],
        MappingCommand::List => api.all("/mappings", "mappings").await?,
        MappingCommand::Pause { id } => {
            vec![api.send(Method::PATCH, &mapping(id), &json!({"paused": true})).await?]
        }
        MappingCommand::Resume { id } => {
            vec![api.send(Method::PATCH, &mapping(id), &json!({"paused": false})).await?]
        }
        MappingCommand::Rebind { id, group } => {
            let to = group.as_ref().map_or_else(|| json!({}), |group| json!({"group": group}));
            vec![api.send(Method::POST, &format!("{}/rebind", mapping(id)), &to).await?]
        }
        MappingCommand::Remove { id } => {
            api.delete(&mapping(id)).await?;
            return output.done("Removed. The access it gave has ended.");
        }
    };
    print(&changed, output)
}

fn print(mappings: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&mappings, |mappings| {
        let row = |mapping| {
            let [group, role, state, directory, id] =
                ["group", "role", "state", "directory", "id"].map(|column| text(mapping, column));
            [group, target(mapping), role, state, directory, id]
        };
        let empty = "No mappings yet. Make one: enroll mapping add --group GROUP --org ORG --role ROLE";
        table(
            ["GROUP", "TARGET", "ROLE", "STATE", "DIRECTORY", "ID"],
            mappings.iter().map(row).collect(),
            empty,
        )
    })
}
