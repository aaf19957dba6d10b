//! `enroll resource`: resources of organizations, who may do what on them, and direct grants.

use clap::{Args, Subcommand};
use enroll_domain::{ResourceRole, Visibility};
use reqwest::Method;
use serde_json::{Value, json};

use super::org;
use crate::api::{Api, segment, text};
use crate::output::{Output, table};

/// What to do with resources.
#[derive(Debug, Subcommand)]
pub(crate) enum ResourceCommand {
    /// Create a resource of an organization
    Add {
        /// The organization, a slash, and the name: 1 to 100 of a-z, A-Z, 0-9, `.`, `_` and `-`
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
        #[command(flatten)]
        settings: Settings,
    },
    /// List the resources of an organization
    List {
        /// Name or id of the organization
        org: String,
    },
    /// Change a resource's kind or who may read it
    Set {
        /// The organization, a slash, and the resource's name, KIND:NAME or id
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
        #[command(flatten)]
        settings: Settings,
    },
    /// Remove a resource without mappings and grants
    Remove {
        /// The organization, a slash, and the resource's name, KIND:NAME or id
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
    },
    /// List who has a role on a resource that not everybody has, with role and reason
    Members {
        /// The organization, a slash, and the resource's name, KIND:NAME or id
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
    },
    /// Give a user a role on a resource directly, beside what groups and the organization give
    Grant {
        /// The organization, a slash, and the resource's name, KIND:NAME or id
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
        /// Handle, userName or id of the user
        user: String,
        /// read, limited-write, write, admin or owner
        #[arg(long, default_value = "read")]
        role: ResourceRole,
    },
    /// Take a direct grant on a resource back; what groups and the organization give stays
    Revoke {
        /// The organization, a slash, and the resource's name, KIND:NAME or id
        #[arg(value_name = "ORG/NAME")]
        resource: ResourcePath,
        /// Handle, userName or id of the user
        user: String,
    },
}

/// Settings of a resource; what is not given stays as it is.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// What it is to the application; `repository` for a new one
    #[arg(long)]
    kind: Option<String>,
    /// public: every active user may read it; private: only those with a role
    #[arg(long)]
    visibility: Option<Visibility>,
}

/// `ORG/NAME`.
#[derive(Debug, Clone)]
pub(crate) struct ResourcePath {
    pub(crate) org: String,
    pub(crate) name: String,
}

impl std::str::FromStr for ResourcePath {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once('/') {
            Some((org, name)) if !org.is_empty() && !name.is_empty() => {
                Ok(Self { org: org.to_owned(), name: name.to_owned() })
            }
            _ => Err("write ORG/NAME, for example acme/website"),
        }
    }
}

impl std::fmt::Display for ResourcePath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.org, self.name)
    }
}

impl ResourcePath {
    /// Where the API has it.
    fn path(&self) -> String {
        format!("/organizations/{}/resources/{}", segment(&self.org), segment(&self.name))
    }
}

impl Settings {
    /// What the API is to change.
    fn to_json(&self) -> Value {
        let mut settings = json!({});
        if let Some(kind) = &self.kind {
            settings["kind"] = json!(kind);
        }
        if let Some(visibility) = self.visibility {
            settings["visibility"] = json!(visibility);
        }
        settings
    }
}

pub(crate) async fn run(command: &ResourceCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let all = |org: &str| format!("/organizations/{}/resources", segment(org));
    match command {
        ResourceCommand::Add { resource: ResourcePath { org, name }, settings } => {
            let mut new = settings.to_json();
            new["name"] = json!(name);
            print(&[api.send(Method::POST, &all(org), &new).await?], output)
        }
        ResourceCommand::List { org } => print(&api.all(&all(org), "resources").await?, output),
        ResourceCommand::Set { resource, settings } => {
            print(&[api.send(Method::PATCH, &resource.path(), &settings.to_json()).await?], output)
        }
        ResourceCommand::Remove { resource } => {
            api.delete(&resource.path()).await?;
            output.done(format!("Removed {resource}."))
        }
        ResourceCommand::Members { resource } => {
            let members = api.all(&format!("{}/members", resource.path()), "members").await?;
            let empty =
                "Nobody yet. Map a group: enroll mapping add --group GROUP --resource ORG/NAME --role ROLE";
            org::print_members(&members, empty, output)
        }
        ResourceCommand::Grant { resource, user, role } => {
            let grant = format!("{}/grants/{}", resource.path(), segment(user));
            api.send(Method::PUT, &grant, &json!({"role": role})).await?;
            output.done(format!("{user} has {role} on {resource} by a direct grant."))
        }
        ResourceCommand::Revoke { resource, user } => {
            api.delete(&format!("{}/grants/{}", resource.path(), segment(user))).await?;
            output.done(format!("{user} has no direct grant on {resource} any more."))
        }
    }
}

fn print(resources: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&resources, |resources| {
        let row = |resource| {
            let path = format!("{}/{}", text(resource, "organization"), text(resource, "name"));
            [path, text(resource, "kind"), text(resource, "visibility"), text(resource, "id")]
        };
        table(
            ["RESOURCE", "KIND", "VISIBILITY", "ID"],
            resources.iter().map(row).collect(),
            "No resources yet. Make one: enroll resource add ORG/NAME",
        )
    })
}
