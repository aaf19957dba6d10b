//! `enroll demo`: a server in a temporary folder and a week of traffic against it, with what follows from each step.

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use clap::Args;
use enroll_api::{HttpConfig, Server};
use enroll_domain::Role;
use enroll_domain::privilege::AllowPrivileged;
use enroll_jobs::{JobOptions, Jobs};
use enroll_scim::Limits;
use enroll_service::{
    Clock, DirectorySettings, MemberEntry, NewMapping, NewOrganization, RequestLogOptions, Service,
    ServiceOptions,
};
use enroll_simulate::demo::{Step, Target, Week, week};
use enroll_store::{Db, Options};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::serve::shutdown_signal;
use crate::exit;
use crate::open;
use crate::output::Output;

/// The directories of the demo: employees by Okta, partners and contractors by Entra ID.
const DIRECTORIES: [&str; 2] = ["okta", "entra"];

/// The organizations of the demo.
const ORGANIZATIONS: [(&str, &str); 2] = [("acme", "Acme"), ("data-platform", "Data Platform")];

/// Which group gives which role: (group, organization, role), in both directories.
const MAPPINGS: [(&str, &str, Role); 5] = [
    ("Engineering", "acme", Role::Writer),
    ("Engineering Admins", "acme", Role::Admin),
    ("Contractors", "acme", Role::Member),
    ("Platform", "data-platform", Role::Writer),
    ("Data", "data-platform", Role::Member),
];

/// How the demo is shown.
#[derive(Debug, Args)]
pub(crate) struct DemoArguments {
    /// Pause after each step, in milliseconds [default: 1200 on a terminal, 0 otherwise]
    #[arg(long, value_name = "MILLISECONDS")]
    pause: Option<u64>,
    /// Keep the server running at the end, until Ctrl-C [default: on a terminal]
    #[arg(long, overrides_with = "exit")]
    keep: bool,
    /// Stop the server at the end
    #[arg(long)]
    exit: bool,
    /// Address to listen on
    #[arg(long, default_value = "127.0.0.1:0", value_name = "ADDRESS")]
    on: String,
}

/// What the demo ends with, for `--json`.
#[derive(Debug, Serialize)]
struct Outcome {
    steps: Vec<Step>,
    organizations: Vec<OrganizationMembers>,
    differences: usize,
    failed_checks: usize,
}

#[derive(Debug, Serialize)]
struct OrganizationMembers {
    name: &'static str,
    members: Vec<MemberEntry>,
}

pub(crate) async fn run(arguments: &DemoArguments, output: Output) -> anyhow::Result<ExitCode> {
    let terminal = std::io::stdout().is_terminal() && output == Output::Text;
    let pause = Duration::from_millis(arguments.pause.unwrap_or(if terminal { 1200 } else { 0 }));
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let listener = TcpListener::bind(&arguments.on)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.on))?;
    let address = listener.local_addr()?;
    let service = open(folder.path(), &format!("http://{address}")).await?;
    let (stop, stopped) = oneshot::channel::<()>();
    let jobs = Jobs::start(&service, JobOptions::default());
    let server = Server::new(service.clone(), HttpConfig { rate_limit: None, ..HttpConfig::default() });
    let serving = tokio::spawn(server.serve(listener, async {
        let _ = stopped.await;
    }));

    output.line(format!("A server runs on http://{address}, its database in {}.\n", folder.path().display()));
    let week = prepare(&service, output).await?;
    let outcome = play(week, &service, pause, output).await?;
    output.result(&outcome, closing)?;
    if output == Output::Text && (arguments.keep || (terminal && !arguments.exit)) {
        hints(&service, folder.path(), &address.to_string(), output).await?;
        shutdown_signal().await;
    }
    let _ = stop.send(());
    let served = serving.await?;
    jobs.stop().await;
    served?;
    service.close().await;
    let clean = outcome.failed_checks == 0 && outcome.differences == 0;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

async fn open(folder: &std::path::Path, public_url: &str) -> anyhow::Result<Service> {
    let clock = Clock::system();
    let db = Db::open(Options::new(folder.join("enroll.db")), clock.now())?;
    let options = ServiceOptions {
        public_url: public_url.parse()?,
        limits: Limits::default(),
        default_page_size: 100,
        max_page_size: 1000,
        clock: clock.clone(),
    };
    let service = Service::open(db.clone(), options).await?;
    Ok(open::with_log(service, &folder.join(open::REQUEST_LOG), RequestLogOptions::default(), db, clock))
}

/// Two directories with a token each, the organizations, and the mappings, before any group is known.
async fn prepare(service: &Service, output: Output) -> anyhow::Result<Week> {
    for (name, display_name) in ORGANIZATIONS {
        let new = NewOrganization {
            name: name.to_owned(),
            display_name: Some(display_name.to_owned()),
            ..NewOrganization::default()
        };
        service.create_organization(&new).await?;
        output.line(format!("$ enroll org create {name}"));
    }
    let mut targets = Vec::new();
    for directory in DIRECTORIES {
        service.create_directory(directory, &DirectorySettings::default()).await?;
        let token = service.create_scim_token(directory, "demo", None).await?;
        targets.push(Target::new(service.public_url().scim_base(), token.reveal().to_owned()));
        for (group, organization, role) in MAPPINGS {
            service
                .add_mapping(&NewMapping {
                    directory: directory.to_owned(),
                    group: group.to_owned(),
                    organization: organization.to_owned(),
                    role: Some(role),
                    allow_privileged: AllowPrivileged::Yes,
                    paused: false,
                })
                .await?;
        }
    }
    for (group, organization, role) in MAPPINGS {
        let allow = if role >= Role::Admin { " --allow-privileged" } else { "" };
        output.line(format!(
            "$ enroll mapping add --group {group:?} --org {organization} --role {role}{allow}"
        ));
    }
    output.line(format!(
        "(the mappings twice: --directory {} and --directory {})",
        DIRECTORIES[0], DIRECTORIES[1]
    ));
    let [okta, entra] = targets.as_slice() else { bail!("the demo needs two directories") };
    Ok(week(okta, entra)?)
}

/// Plays the week; after each step the differences in the organizations are shown.
async fn play(mut week: Week, service: &Service, pause: Duration, output: Output) -> anyhow::Result<Outcome> {
    let mut steps = Vec::new();
    let mut before = members(service).await?;
    let mut day = String::new();
    while let Some(step) = week.play_next().await {
        if step.scene.day.to_string() != day {
            day = step.scene.day.to_string();
            output.line(format!("\n{day}"));
        }
        let mark = if step.failures == 0 { "✓" } else { "✗" };
        output.line(format!(
            "  {mark} {} ({:?}, {} requests)",
            step.scene.sentence, step.scene.idp, step.requests
        ));
        let after = members(service).await?;
        for line in differences(&before, &after) {
            output.line(format!("      → {line}"));
        }
        before = after;
        steps.push(step);
        tokio::time::sleep(pause).await;
    }
    let summaries = week.summaries();
    for summary in summaries.iter().filter(|summary| !summary.is_clean()) {
        output.line(summary.to_string());
    }
    Ok(Outcome {
        steps,
        organizations: before,
        differences: service.verify().await?.findings.len(),
        failed_checks: summaries.iter().map(|summary| summary.failures).sum(),
    })
}

async fn members(service: &Service) -> anyhow::Result<Vec<OrganizationMembers>> {
    let mut all = Vec::new();
    for (name, _) in ORGANIZATIONS {
        all.push(OrganizationMembers {
            name,
            members: service.organization_members(name, None, 1000).await?.members,
        });
    }
    Ok(all)
}

/// Who came, went, or has another role, a sentence each.
fn differences(before: &[OrganizationMembers], after: &[OrganizationMembers]) -> Vec<String> {
    let mut lines = Vec::new();
    for (old, new) in before.iter().zip(after) {
        let organization = new.name;
        let role_in = |members: &[MemberEntry], member: &MemberEntry| {
            members.iter().find(|other| other.user.id == member.user.id).map(|other| other.role)
        };
        for member in &new.members {
            let (name, role) = (&member.user.handle, member.role);
            match role_in(&old.members, member) {
                None => lines.push(format!("{name} is {role} of {organization}")),
                Some(was) if was != role => {
                    lines.push(format!("{name} is {role} of {organization} (was {was})"));
                }
                Some(_) => {}
            }
        }
        for member in old.members.iter().filter(|member| role_in(&new.members, member).is_none()) {
            lines.push(format!("{} is out of {organization}", member.user.handle));
        }
    }
    lines
}

fn closing(outcome: &Outcome) -> String {
    let mut text = String::from("\nAt the end of the week\n");
    for organization in &outcome.organizations {
        text.push_str(&format!("  {}\n", organization.name));
        for member in &organization.members {
            let because = member.sources.first().map(ToString::to_string).unwrap_or_default();
            let because = because.split(" (mapping").next().unwrap_or_default();
            text.push_str(&format!(
                "    {:<22} {:<8} {because}\n",
                member.user.handle,
                member.role.to_string()
            ));
        }
    }
    let requests: usize = outcome.steps.iter().map(|step| step.requests).sum();
    text.push_str(&format!(
        "\n{requests} requests as Okta and Entra ID send them; {} answers they would complain about; {} differences \
         between what is answered and what a full recomputation gives.",
        outcome.failed_checks, outcome.differences
    ));
    text
}

/// What to try while the server is still there.
async fn hints(
    service: &Service,
    folder: &std::path::Path,
    address: &str,
    output: Output,
) -> anyhow::Result<()> {
    let members = service.organization_members(ORGANIZATIONS[0].0, None, 1).await?.members;
    let somebody = members.first().map_or("USER", |member| member.user.handle.as_str());
    output.line(format!(
        "\nThe server stays until Ctrl-C. In another terminal:\n\n  \
         export ENROLL_DATA_DIR={} ENROLL_LISTEN={address}\n  \
         enroll org members acme\n  enroll explain {somebody} acme\n  enroll mapping list\n",
        folder.display()
    ));
    Ok(())
}
