//! `enroll org`: organizations, who is in them, and direct grants.

use clap::Subcommand;
use enroll_domain::Role;
use enroll_service::{MemberEntry, NewOrganization, Service};

use crate::output::{Output, table};

/// Members asked for at a time.
const PAGE: u32 = 1000;

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

pub(crate) async fn run(command: &OrgCommand, service: &Service, output: Output) -> anyhow::Result<()> {
    match command {
        OrgCommand::Create { name, display_name, description } => {
            let new = NewOrganization {
                name: name.clone(),
                display_name: display_name.clone(),
                description: description.clone(),
                base_resource_role: None,
            };
            let organization = service.create_organization(&new).await?;
            output.result(&organization, |organization| {
                format!("Created the organization {}.", organization.name)
            })
        }
        OrgCommand::List => output.result(&service.organizations().await?, |organizations| {
            let rows = organizations
                .iter()
                .map(|organization| {
                    [
                        organization.name.clone(),
                        organization.display_name.clone(),
                        organization.id.to_string(),
                    ]
                })
                .collect();
            table(
                ["NAME", "DISPLAY NAME", "ID"],
                rows,
                "No organizations yet. Make one: enroll org create NAME",
            )
        }),
        OrgCommand::Members { org } => members(service, org, output).await,
        OrgCommand::Grant { org, user, role } => {
            service.grant(org, user, *role).await?;
            output.done(format!("{user} is {role} of {org} by a direct grant."))
        }
        OrgCommand::Revoke { org, user } => {
            service.revoke(org, user).await?;
            output.done(format!("{user} has no direct grant on {org} any more."))
        }
    }
}

async fn members(service: &Service, org: &str, output: Output) -> anyhow::Result<()> {
    let mut all: Vec<MemberEntry> = Vec::new();
    let mut after = None;
    loop {
        let page = service.organization_members(org, after, PAGE).await?;
        all.extend(page.members);
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    output.result(&all, |members| {
        let rows = members
            .iter()
            .map(|member| {
                let reasons: Vec<String> = member.sources.iter().map(ToString::to_string).collect();
                [
                    member.user.handle.clone(),
                    member.user.user_name.clone(),
                    member.role.to_string(),
                    reasons.join("; "),
                ]
            })
            .collect();
        let empty = "Nobody yet. Map a group: enroll mapping add --group GROUP --org ORG --role ROLE";
        table(["HANDLE", "USERNAME", "ROLE", "BECAUSE"], rows, empty)
    })
}
