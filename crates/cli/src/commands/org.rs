//! `enroll org`: organizations, who is in them, and direct grants.

use clap::Subcommand;
use enroll_domain::Role;
use reqwest::Method;
use serde_json::{Value, json};

use super::access::sources;
use crate::api::{Api, segment, text};
use crate::output::{Output, table};

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
        /// Up to 350 characters
        #[arg(long)]
        description: Option<String>,
    },
    /// List the organizations
    List,
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
    },
}

pub(crate) async fn run(command: &OrgCommand, api: &Api, output: Output) -> anyhow::Result<()> {
    let of = |org: &str| format!("/organizations/{}", segment(org));
    match command {
        OrgCommand::Create { name, display_name, description } => {
            let mut new = json!({"name": name});
            for (member, value) in [("displayName", display_name), ("description", description)] {
                if let Some(value) = value {
                    new[member] = json!(value);
                }
            }
            let organization = api.send(Method::POST, "/organizations", &new).await?;
            output.result(&organization, |organization| {
                format!("Created the organization {}.", text(organization, "name"))
            })
        }
        OrgCommand::List => {
            output.result(&api.all("/organizations", "organizations").await?, |organizations| {
                let columns = ["name", "displayName", "id"];
                let row = |organization| columns.map(|column| text(organization, column));
                let empty = "No organizations yet. Make one: enroll org create NAME";
                table(["NAME", "DISPLAY NAME", "ID"], organizations.iter().map(row).collect(), empty)
            })
        }
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
        OrgCommand::Revoke { org, user } => {
            api.delete(&format!("{}/grants/{}", of(org), segment(user))).await?;
            output.done(format!("{user} has no direct grant on {org} any more."))
        }
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
