//! `enroll directory sso`: the sign-in connection of a directory.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand, ValueEnum};
use enroll_domain::sign_in::{GroupsPolicy, JoinTo, SsoPreset};
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::api::{Api, segment, text};
use crate::exit;
use crate::output::{Output, table};

/// What to do with a sign-in connection.
#[derive(Debug, Subcommand)]
pub(crate) enum SsoCommand {
    /// Make or change the connection; what is not given stays as it is
    Set(SetArguments),
    /// Show the connection, and what to enter in the identity provider
    Show(OfDirectory),
    /// Remove the connection: nobody signs in by it any more
    Remove(OfDirectory),
    /// Fetch the metadata of the identity provider again, now, and show what it changes; exit code 3 when it is not taken
    Refresh(OfDirectory),
    /// Check the connection, and a response as the browser has posted it; nothing is changed. Exit code 3 when a check refuses
    Test {
        #[command(flatten)]
        of: OfDirectory,
        /// A file with the form field SAMLResponse (base64)
        #[arg(long, value_name = "FILE")]
        response: Option<PathBuf>,
    },
    /// Show the last sign-ins, with what was checked of those that were refused
    Log(OfDirectory),
}

/// Which directory.
#[derive(Debug, Args)]
pub(crate) struct OfDirectory {
    /// The directory's name
    #[arg(long, default_value = "default")]
    directory: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Settings of a connection.
#[derive(Debug, Args)]
pub(crate) struct SetArguments {
    #[command(flatten)]
    of: OfDirectory,
    /// The metadata of the identity provider
    #[arg(long, value_name = "FILE")]
    metadata: Option<PathBuf>,
    /// Where its metadata is: fetched now and every day. What is new there is taken, what is gone there is dropped
    #[arg(long, value_name = "URL", conflicts_with = "metadata")]
    metadata_url: Option<String>,
    /// Do not fetch the metadata any more; the connection stays as it is
    #[arg(long, conflicts_with = "metadata_url")]
    no_metadata_url: bool,
    /// An e-mail domain whose people sign in by this directory; may be given more than once, and stands for all that were there
    #[arg(long = "domain", value_name = "DOMAIN")]
    domains: Vec<String>,
    /// No e-mail domain leads to this directory
    #[arg(long, conflicts_with = "domains")]
    no_domains: bool,
    /// Make users who are not there when they sign in
    #[arg(long)]
    jit: Option<Switch>,
    /// Accept sign-ins that begin at the identity provider
    #[arg(long, value_name = "on|off", num_args = 0..=1, default_missing_value = "on")]
    allow_idp_initiated: Option<Switch>,
    /// How users are found: userName (the default), externalId or email, by the NameID; or by an attribute: employeeId=externalId
    #[arg(long, value_name = "[ATTRIBUTE=]TO", value_parser = join)]
    join: Option<JoinRule>,
    /// The names that attributes have: okta or entra
    #[arg(long, value_parser = str::parse::<SsoPreset>)]
    preset: Option<SsoPreset>,
    /// Attributes have nobody's names but those that are given
    #[arg(long, conflicts_with = "preset")]
    no_preset: bool,
    /// The attribute with the names of the groups
    #[arg(long, value_name = "NAME")]
    groups_attribute: Option<String>,
    /// Forget the names of attributes that were given besides the preset
    #[arg(long, conflicts_with = "groups_attribute")]
    no_attributes: bool,
    /// What groups in an assertion do: ignore, merge (adds only) or replace (they are the whole truth)
    #[arg(long, value_parser = str::parse::<GroupsPolicy>)]
    groups: Option<GroupsPolicy>,
    /// Groups do what they do by default: they are merged until SCIM pushes a group, and ignored from then on
    #[arg(long, conflicts_with = "groups")]
    no_groups: bool,
}

#[derive(Debug, Clone)]
struct JoinRule(Option<String>, JoinTo);

/// Reads `userName` or `employeeId=externalId`.
fn join(text: &str) -> Result<JoinRule, String> {
    let (attribute, to) = match text.rsplit_once('=') {
        Some((attribute, to)) if !attribute.eq_ignore_ascii_case("nameid") => {
            (Some(attribute.to_owned()), to)
        }
        Some((_, to)) => (None, to),
        None => (None, text),
    };
    to.parse().map(|to| JoinRule(attribute, to)).map_err(|error| format!("{error}"))
}

impl SetArguments {
    fn settings(&self) -> anyhow::Result<Value> {
        let mut settings = json!({});
        if let Some(path) = &self.metadata {
            settings["metadata"] = json!(read(path)?);
        }
        if let Some(jit) = self.jit {
            settings["jit"] = json!(matches!(jit, Switch::On));
        }
        if let Some(allowed) = self.allow_idp_initiated {
            settings["allowIdpInitiated"] = json!(matches!(allowed, Switch::On));
        }
        if let Some(JoinRule(attribute, to)) = &self.join {
            settings["join"] = json!({"to": to});
            if let Some(attribute) = attribute {
                settings["join"]["attribute"] = json!(attribute);
            }
        }
        if let Some(preset) = self.preset {
            settings["preset"] = json!(preset);
        }
        if let Some(groups) = self.groups {
            settings["groups"] = json!(groups);
        }
        if let Some(url) = &self.metadata_url {
            settings["metadataUrl"] = json!(url);
        }
        if !self.domains.is_empty() {
            settings["domains"] = json!(self.domains);
        }
        for (clear, member) in [
            (self.no_metadata_url, "metadataUrl"),
            (self.no_domains, "domains"),
            (self.no_preset, "preset"),
            (self.no_attributes, "attributes"),
            (self.no_groups, "groups"),
        ] {
            if clear {
                settings[member] = Value::Null;
            }
        }
        Ok(settings)
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))
}

pub(crate) async fn run(command: &SsoCommand, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let yes = carry_out(command, api, output).await?;
    Ok(if yes { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) })
}

/// Answers whether a check has passed, or a refresh was taken; of other commands, that they are done.
async fn carry_out(command: &SsoCommand, api: &Api, output: Output) -> anyhow::Result<bool> {
    let target = |of: &OfDirectory| format!("/directories/{}/sso", segment(&of.directory));
    match command {
        SsoCommand::Set(set) => {
            let target = target(&set.of);
            let mut settings = set.settings()?;
            if let Some(name) = &set.groups_attribute {
                // The other names stay as they are.
                settings["attributes"] = match api.get(&target).await {
                    Ok(before) if set.preset.is_none() => before["attributes"].clone(),
                    _ => json!({}),
                };
                settings["attributes"]["groups"] = json!(name);
            }
            print(&api.send(Method::PUT, &target, &settings).await?, output)?;
        }
        SsoCommand::Show(of) => print(&api.get(&target(of)).await?, output)?,
        SsoCommand::Refresh(of) => {
            let refresh = api.send(Method::POST, &format!("{}/refresh", target(of)), &json!({})).await?;
            output.result(&refresh, refreshed)?;
            return Ok(refresh["refreshed"] == true);
        }
        SsoCommand::Remove(of) => {
            api.delete(&target(of)).await?;
            output.done("Removed. Nobody signs in by it any more; sessions go on.")?;
        }
        SsoCommand::Test { of, response } => {
            let mut test = json!({});
            if let Some(path) = response {
                test["response"] = json!(read(path)?);
            }
            let report = api.send(Method::POST, &format!("{}/test", target(of)), &test).await?;
            output.result(&report, |report| {
                let steps = ["configuration", "response"].into_iter();
                let steps = steps.flat_map(|part| report[part].as_array().into_iter().flatten());
                rows(steps)
            })?;
            return Ok(report["passed"] == true);
        }
        SsoCommand::Log(of) => {
            let target = format!("/directories/{}/sign-ins", segment(&of.directory));
            log(&api.get(&target).await?["signIns"], output)?;
        }
    }
    Ok(true)
}

/// What a refresh has changed, or why it was not taken.
fn refreshed(refresh: &Value) -> String {
    if let Some(failure) = refresh["failure"].as_str() {
        return format!("Not taken; the connection stays as it is: {failure}");
    }
    let changes = changes(&refresh["changes"]);
    if changes.is_empty() {
        return "Fetched. Nothing has changed.".to_owned();
    }
    let lines = changes.iter().map(|change| format!("  {change}"));
    format!("Fetched. Changed:\n{}", lines.collect::<Vec<String>>().join("\n"))
}

/// A line for each change.
fn changes(changes: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (member, words) in
        [("certificatesAdded", "new certificate"), ("certificatesRemoved", "certificate gone")]
    {
        let prints = changes[member].as_array().into_iter().flatten().filter_map(Value::as_str);
        lines.extend(prints.map(|print| format!("{words} {print}")));
    }
    for (member, words) in [("signInUrl", "sign-in at"), ("logoutUrl", "logout at")] {
        if let Some(change) = changes.get(member) {
            let or_none = |of: &str| change[of].as_str().unwrap_or("nowhere").to_owned();
            lines.push(format!("{words} {}, was {}", or_none("after"), or_none("before")));
        }
    }
    lines
}

fn rows<'v>(steps: impl Iterator<Item = &'v Value>) -> String {
    let row = |step: &Value| [text(step, "check"), text(step, "verdict"), text(step, "detail")];
    table(["CHECK", "VERDICT", "DETAIL"], steps.map(row).collect(), "Nothing was checked.")
}

fn log(sign_ins: &Value, output: Output) -> anyhow::Result<()> {
    output.result(sign_ins, |sign_ins| {
        let row = |one: &Value| {
            let why = one["steps"].as_array().into_iter().flatten().find(|step| step["verdict"] == "refused");
            let at = text(one, "at").parse::<Timestamp>();
            [
                at.map(|at| format!("{at:.0}")).unwrap_or_default(),
                text(one, "code"),
                text(one, "user"),
                text(one, "requestId"),
                why.map(|step| text(step, "detail")).unwrap_or_default(),
            ]
        };
        let rows = sign_ins.as_array().into_iter().flatten().map(row).collect();
        table(["AT", "CODE", "USER", "REQUEST", "WHY"], rows, "No sign-ins.")
    })
}

fn print(sso: &Value, output: Output) -> anyhow::Result<()> {
    output.result(sso, |sso| {
        let mut lines = vec![
            "Enter in the identity provider:".to_owned(),
            format!("  ACS URL (single sign-on URL, reply URL): {}", text(sso, "acsUrl")),
            format!("  entity ID (audience, identifier):        {}", text(sso, "serviceProviderEntityId")),
            format!("Sign in at {}", text(sso, "loginUrl")),
            format!("Identity provider: {}", text(sso, "entityId")),
            format!("  sign-in at {}", text(sso, "signInUrl")),
        ];
        if let Some(logout) = sso["logoutUrl"].as_str() {
            lines.push(format!("  logout at {logout}"));
        }
        if let Some(url) = sso["metadataUrl"].as_str() {
            let refresh = &sso["metadataRefresh"];
            lines.push(format!("  metadata from {url}, last taken {}", text(refresh, "fetched")));
            if let Some(failure) = refresh["failure"].as_str() {
                lines.push(format!("  not taken {}: {failure}", text(refresh, "failed")));
            }
            if let Some(changed) = refresh["changed"].as_str() {
                lines.push(format!("  last changed {changed}:"));
                lines.extend(changes(&refresh["changes"]).iter().map(|change| format!("    {change}")));
            }
        }
        for certificate in sso["certificates"].as_array().into_iter().flatten() {
            let end = text(certificate, "notAfter");
            let expired = if certificate["expired"] == true { " (expired)" } else { "" };
            lines.push(format!("  certificate {} until {end}{expired}", text(certificate, "fingerprint")));
        }
        let by = sso["join"].get("attribute").and_then(Value::as_str).unwrap_or("the NameID");
        lines.push(format!("Users are found by {by} = {}", text(&sso["join"], "to")));
        let on = |member: &str| if sso[member] == true { "on" } else { "off" };
        lines.push(format!(
            "Users are made at sign-in: {}; sign-ins begun at the identity provider: {}",
            on("jit"),
            on("allowIdpInitiated")
        ));
        let groups = sso.get("groups").and_then(Value::as_str);
        lines.push(format!("Groups: {}", groups.unwrap_or("merged until SCIM pushes a group, then ignored")));
        let domains: Vec<&str> =
            sso["domains"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        if !domains.is_empty() {
            lines.push(format!("Addresses that lead here: {}", domains.join(", ")));
        }
        for note in sso["notes"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            lines.push(format!("Note: {note}"));
        }
        lines.join("\n")
    })
}
