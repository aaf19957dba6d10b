//! `enroll org`: organizations, who is in them, and direct grants.

use clap::{Args, Subcommand};
use enroll_domain::{ResourceRole, Role};
use reqwest::Method;
use serde_json::{Value, json};

use super::access::sources;
use crate::api::{Api, moment, segment, text};
use crate::output::{Output, details, table};

/// What to do with organizations.
#[derive(Debug, Subcommand)]
pub(crate) enum OrgCommand {
    /// Create an organization
    Create {
        /// 3 to 32 of a-z, 0-9 and -, starting with a letter
        name: String,
        /// The name for people
        #[arg(long)]
        display_name: Option<String>,
        #[command(flatten)]
        settings: OrgSettings,
    },
    /// Change an organization's settings
    Set {
        /// Name or id of the organization
        org: String,
        /// The name for people
        #[arg(long)]
        display_name: Option<String>,
        #[command(flatten)]
        settings: OrgSettings,
        /// Open it to all directories again
        #[arg(long, conflicts_with = "directories")]
        all_directories: bool,
    },
    /// List the organizations
    List,
    /// Show an organization
    Show {
        /// Name or id of the organization
        org: String,
    },
    /// Delete an organization without resources, mappings and grants; its name is never given out again
    Delete {
        /// Name or id of the organization
        org: String,
    },
    /// List who is in an organization, with role and reason
    Members {
        /// Name or id of the organization
        org: String,
    },
    /// Give a user a role directly, beside what groups give
    Grant {
        /// Name or id of the organization
        org: String,
        /// Handle, userName or id of the user
        user: String,
        /// member, writer, admin or owner
        #[arg(long, default_value = "member")]
        role: Role,
    },
    /// Take a direct grant back; what groups give stays
    Revoke {
        /// Name or id of the organization
        org: String,
        /// Handle, userName or id of the user
        user: String,
        /// Take back what the first sign-in gave instead; it does not come back
        #[arg(long)]
        jit: bool,
    },
}

/// Settings of an organization; what is not given stays as it is.
#[derive(Debug, Args)]
pub(crate) struct OrgSettings {
    /// Up to 350 characters
    #[arg(long)]
    description: Option<String>,
    /// What every member may do on its resources: read, limited-write, write, admin or owner; `write` for a new one
    #[arg(long)]
    base_resource_role: Option<ResourceRole>,
    /// Reserve it to this directory; may be given more than once. Others cannot be mapped to it
    #[arg(long = "directory", value_name = "DIRECTORY")]
    directories: Vec<String>,
}

impl OrgSettings {
    /// What the API is to make or change.
    fn to_json(&self, display_name: Option<&String>) -> Value {
        let mut settings = json!({});
        if let Some(name) = display_name {
            settings["displayName"] = json!(name);
        }
        if let Some(description) = &self.description {
            settings["description"] = json!(description);
        }
        if let Some(role) = self.base_resource_role {
            settings["baseResourceRole"] = json!(role);
        }
        if !self.directories.is_empty() {
            settings["directories"] = json!(self.directories);
        }
        settings
    }
}

pub(crate) async fn run(command: &OrgCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let of = |org: &str| format!("/organizations/{}", segment(org));
    match command {
        OrgCommand::Create { name, display_name, settings } => {
            let mut new = settings.to_json(display_name.as_ref());
            new["name"] = json!(name);
            let organization = api.send(Method::POST, "/organizations", &new).await?;
            output.result(&organization, |organization| {
                format!("Created the organization {}.", text(organization, "name"))
            })
        }
        OrgCommand::Set { org, display_name, settings, all_directories } => {
            let mut change = settings.to_json(display_name.as_ref());
            if *all_directories {
                change["directories"] = json!([]);
            }
            print(&[api.send(Method::PATCH, &of(org), &change).await?], output)
        }
        OrgCommand::Show { org } => output.result(&api.get(&of(org)).await?, shown),
        OrgCommand::Delete { org } => {
            api.delete(&of(org)).await?;
            output.done(format!("{org} is deleted. Its name is never given out again."))
        }
        OrgCommand::List => print(&api.all("/organizations", "organizations").await?, output),
        OrgCommand::Members { org } => {
            let members = api.all(&format!("{}/members", of(org)), "members").await?;
            let empty = "Nobody yet. Map a group: enroll mapping add --group GROUP --org ORG --role ROLE";
            print_members(&members, empty, output)
        }
        OrgCommand::Grant { org, user, role } => {
            let grant = format!("{}/grants/{}", of(org), segment(user));
            api.send(Method::PUT, &grant, &json!({"role": role})).await?;
            output.done(format!("{user} is {role} of {org} by a direct grant."))
        }
        OrgCommand::Revoke { org, user, jit: false } => {
            api.delete(&format!("{}/grants/{}", of(org), segment(user))).await?;
            output.done(format!("{user} has no direct grant on {org} any more."))
        }
        OrgCommand::Revoke { org, user, jit: true } => {
            api.delete(&format!("{}/grants/{}?kind=jit", of(org), segment(user))).await?;
            output.done(format!("{user} has no grant from a first sign-in on {org} any more."))
        }
    }
}

fn shown(organization: &Value) -> String {
    let owner = if organization["needsOwner"] == true {
        "none: make somebody owner (enroll org grant ORG USER --role owner)"
    } else {
        "there is one"
    };
    details(&[
        ("name", text(organization, "name")),
        ("display name", text(organization, "displayName")),
        ("description", text(organization, "description")),
        ("active owner", owner.to_owned()),
        ("on resources", text(organization, "baseResourceRole")),
        ("directories", organization_directories(organization)),
        ("created", moment(organization, "created")),
        ("id", text(organization, "id")),
    ])
}

fn print(organizations: &[Value], output: Output) -> anyhow::Result<()> {
    output.result(&organizations, |organizations| {
        let row = |organization: &Value| {
            let directories = organization_directories(organization);
            let [name, display_name, base, id] =
                ["name", "displayName", "baseResourceRole", "id"].map(|column| text(organization, column));
            let owner = if organization["needsOwner"] == true { "needs an owner" } else { "" };
            [name, display_name, owner.to_owned(), base, directories, id]
        };
        table(
            ["NAME", "DISPLAY NAME", "OWNER", "ON RESOURCES", "DIRECTORIES", "ID"],
            organizations.iter().map(row).collect(),
            "No organizations yet. Make one: enroll org create NAME",
        )
    })
}

fn organization_directories(organization: &Value) -> String {
    let names = organization["directories"].as_array().into_iter().flatten().filter_map(Value::as_str);
    match names.collect::<Vec<_>>() {
        none if none.is_empty() => "all".to_owned(),
        names => names.join(", "),
    }
}

/// Who has a role, with the reasons; `empty` is said of nobody.
pub(crate) fn print_members(members: &[Value], empty: &str, output: Output) -> anyhow::Result<()> {
    output.result(&members, |members| {
        let row = |member: &Value| {
            let user = &member["user"];
            [text(user, "handle"), text(user, "userName"), text(member, "role"), sources(member)]
        };
        table(["HANDLE", "USERNAME", "ROLE", "BECAUSE"], members.iter().map(row).collect(), empty)
    })
}
