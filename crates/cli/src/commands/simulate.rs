//! `enroll simulate`: plays an identity provider against a SCIM server, ours or anybody's.

use std::collections::HashMap;
use std::process::ExitCode;
use std::sync::Mutex;

use clap::{Args, ValueEnum};
use enroll_simulate::{Idp, Plan, Progress};
use indicatif::ProgressBar;

use super::progress::bar;
use crate::exit;
use crate::output::Output;

/// Which identity provider, against which server.
#[derive(Debug, Args)]
pub(crate) struct SimulateArguments {
    /// The identity provider to play
    idp: IdpName,
    /// SCIM base URL of the server, for example http://127.0.0.1:8080/scim/v2
    #[arg(long)]
    url: String,
    /// SCIM token
    #[arg(long, env = "ENROLL_SCIM_TOKEN", hide_env_values = true)]
    token: String,
    /// People to provision
    #[arg(long, default_value_t = 20)]
    users: usize,
    /// Groups to push
    #[arg(long, default_value_t = 4)]
    groups: usize,
    /// Repeats a run: the same seed makes the same people and groups
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Requests at once
    #[arg(long, default_value_t = 8)]
    parallel: usize,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum IdpName {
    /// Okta: wizard and catalog apps
    Okta,
    /// Microsoft Entra ID, both forms of PATCH
    Entra,
    /// OneLogin: a template in which everything is a string
    #[value(name = "onelogin")]
    OneLogin,
    /// JumpCloud: tests the connection with a user and a group of its own
    #[value(name = "jumpcloud")]
    JumpCloud,
    /// Ping (PingFederate): users by PUT, groups downloaded and changed by PATCH
    Ping,
    /// Google Workspace: users only
    Google,
    /// Keycloak with the plug-in keycloak-scim: no look-ups, members with relative references
    Keycloak,
    /// authentik: reads the ServiceProviderConfig first, members one by one
    Authentik,
}

pub(crate) async fn run(arguments: &SimulateArguments, output: Output) -> anyhow::Result<ExitCode> {
    let idp = match arguments.idp {
        IdpName::Okta => Idp::Okta,
        IdpName::Entra => Idp::Entra,
        IdpName::OneLogin => Idp::OneLogin,
        IdpName::JumpCloud => Idp::JumpCloud,
        IdpName::Ping => Idp::Ping,
        IdpName::Google => Idp::Google,
        IdpName::Keycloak => Idp::Keycloak,
        IdpName::Authentik => Idp::Authentik,
    };
    let mut plan = Plan::new(idp, arguments.url.clone(), arguments.token.clone());
    plan.users = arguments.users;
    plan.groups = arguments.groups;
    plan.seed = arguments.seed;
    plan.parallel = arguments.parallel;
    let summary = enroll_simulate::run(&plan, &Bars { output, bars: Mutex::default() }).await?;
    output.result(&summary, ToString::to_string)?;
    Ok(if summary.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// A bar for each stage of the run.
struct Bars {
    output: Output,
    bars: Mutex<HashMap<String, ProgressBar>>,
}

impl Bars {
    fn with(&self, label: &str, act: impl FnOnce(&ProgressBar)) {
        let bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(bar) = bars.get(label) {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn started(&self, label: &str, total: usize) {
        let bar = bar(total.try_into().unwrap_or(u64::MAX), self.output);
        bar.set_message(label.to_owned());
        let mut bars = self.bars.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        bars.insert(label.to_owned(), bar);
    }

    fn advanced(&self, label: &str, steps: usize) {
        self.with(label, |bar| bar.inc(steps.try_into().unwrap_or(u64::MAX)));
    }

    fn finished(&self, label: &str) {
        self.with(label, ProgressBar::finish);
    }
}
