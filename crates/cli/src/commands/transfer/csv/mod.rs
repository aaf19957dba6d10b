//! `enroll import --from csv`: a list of users that somebody kept elsewhere. What would come of it is shown first.

mod findings;
mod read;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use enroll_domain::RoleWord;
use enroll_scim::Folded;
use enroll_service::Severity;
use serde::Serialize;
use serde_json::{Value, json};

use super::ImportArguments;
use super::batches::Batches;
use super::report::Report;
use crate::api::{Api, segment, text};
use crate::commands::progress::Late;
use crate::exit;
use crate::output::Output;
use findings::{Finding, Gain, Groups, Mapped, There};
use read::{List, Row};

/// Names in one line of members.
const NAMES: usize = 500;

/// What would come of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Readiness {
    rows: usize,
    findings: Vec<Finding>,
    /// Who would have which role.
    gains: Vec<Gain>,
    /// What would be made and changed.
    outcome: Report,
}

impl Readiness {
    fn is_ready(&self) -> bool {
        self.outcome.is_clean() && self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }

    fn to_text(&self) -> String {
        let mut told = format!("{} rows.\n", self.rows);
        for finding in &self.findings {
            let severity = match finding.severity {
                Severity::Error => "ERROR",
                Severity::Warning => "WARNING",
                Severity::Info => "INFO",
            };
            told.push_str(&format!("\n{severity} {} ({})\n", finding.text, finding.count));
            told.push_str(&named(&finding.concerned, finding.count));
        }
        for gain in &self.gains {
            told.push_str(&format!("\nBy mappings, {} would be {} in {}:\n", gain.count, gain.role, gain.on));
            told.push_str(&named(&gain.users, gain.count));
        }
        told + "\n" + &self.outcome.to_text()
    }
}

fn named(names: &[String], count: usize) -> String {
    let mut told: String = names.iter().map(|name| format!("  {name}\n")).collect();
    if count > names.len() {
        told.push_str(&format!("  and {} more\n", count - names.len()));
    }
    told
}

pub(super) async fn run(arguments: &ImportArguments, api: &Api, output: Output) -> anyhow::Result<ExitCode> {
    let path = &arguments.file;
    let unreadable = || format!("{} cannot be read", path.display());
    if std::fs::metadata(path).with_context(unreadable)?.len() > read::LARGEST {
        bail!("{} is larger than {} bytes: split it", path.display(), read::LARGEST);
    }
    let bytes = std::fs::read(path).with_context(unreadable)?;
    let list = match read::read(&bytes, &columns(&arguments.columns)?) {
        Ok(list) => list,
        Err(why) => bail!("{} cannot be imported: {why}", path.display()),
    };
    let lines = Lines::of(&list);
    let readiness = readiness(arguments, &list, &lines, api, output).await?;
    if output == Output::Text {
        output.line(readiness.to_text());
    }
    if !readiness.is_ready() {
        if output == Output::Json {
            output.result(&json!({"readiness": readiness, "imported": null}), |_| String::new())?;
        }
        output.line("\nNothing was imported: mend what is an error or was refused first.");
        return Ok(ExitCode::from(exit::ANSWERED_NO));
    }
    if arguments.dry_run || !(arguments.yes || agreed(output)?) {
        if output == Output::Json {
            output.result(&json!({"readiness": readiness, "imported": null}), |_| String::new())?;
        }
        output.line("\nNothing was imported.");
        return if arguments.dry_run {
            Ok(ExitCode::SUCCESS)
        } else {
            bail!("nothing was imported: look at the report, and say --yes")
        };
    }
    let report = send(arguments, &lines, false, api, Late::new("Importing", output)).await?;
    match output {
        // The report on the list has said so.
        Output::Text if list.rows.is_empty() => {}
        Output::Text => output.line(format!("\n{}", report.to_text())),
        Output::Json => {
            output.result(&json!({"readiness": readiness, "imported": report}), |_| String::new())?;
        }
    }
    Ok(report.exit_code())
}

/// `email=Mail,userName=Login`
fn columns(texts: &[String]) -> anyhow::Result<BTreeMap<String, String>> {
    texts
        .iter()
        .map(|text| {
            let (attribute, column) = text.split_once('=').with_context(|| {
                format!("--columns: {text:?} is no pair: write attribute=column, for example email=Mail")
            })?;
            Ok((attribute.trim().to_owned(), column.trim().to_owned()))
        })
        .collect()
}

/// Asks the person at the terminal; a program is never asked.
fn agreed(output: Output) -> anyhow::Result<bool> {
    if output == Output::Json || !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(false);
    }
    let mut terminal = std::io::stderr();
    write!(terminal, "\nImport? [y/N] ")?;
    terminal.flush()?;
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// What would come of the list, as everybody sees it before it is imported.
async fn readiness(
    arguments: &ImportArguments,
    list: &List,
    lines: &Lines<'_>,
    api: &Api,
    output: Output,
) -> anyhow::Result<Readiness> {
    let directory = segment(&arguments.directory);
    let users = api.all(&format!("/directories/{directory}/users"), "users").await?;
    let there: Vec<There> = users
        .iter()
        .map(|user| There {
            user_name: text(user, "userName"),
            external_id: Some(text(user, "externalId")).filter(|id| !id.is_empty()),
            active: user.get("active") != Some(&Value::Bool(false)),
        })
        .collect();
    let groups = Groups::of(&list.rows);
    let (mapped, holds) = mappings(arguments, &groups, api).await?;
    Ok(Readiness {
        rows: list.rows.len() + list.unreadable.len(),
        findings: findings::of(list, &there),
        gains: findings::gains(&groups, &mapped, &holds),
        outcome: send(arguments, lines, true, api, Late::new("Trying", output)).await?,
    })
}

/// Who holds which role where, by place and folded userName.
type Holds = HashMap<(String, String), RoleWord>;

/// The mappings of the groups of the list that are in force, and who has what they give already.
async fn mappings(
    arguments: &ImportArguments,
    groups: &Groups<'_>,
    api: &Api,
) -> anyhow::Result<(Vec<Mapped>, Holds)> {
    let (mut mapped, mut holds, mut asked) = (Vec::new(), Holds::new(), HashSet::new());
    let target = format!("/mappings?directory={}", segment(&arguments.directory));
    for mapping in api.all(&target, "mappings").await? {
        // One whose group was deleted waits for an administrator.
        let in_force = matches!(text(&mapping, "state").as_str(), "active" | "waiting");
        if !in_force || groups.rows(&text(&mapping, "group")).is_empty() {
            continue;
        }
        let (organization, resource) = (text(&mapping, "organization"), text(&mapping, "resource"));
        let (on, place) = match resource.as_str() {
            "" => (organization.clone(), format!("/organizations/{}/members", segment(&organization))),
            name => (
                format!("{organization}/{name}"),
                format!(
                    "/organizations/{}/resources/{}/members",
                    segment(&organization),
                    segment(&text(&mapping, "resourceId"))
                ),
            ),
        };
        if asked.insert(on.clone()) {
            for member in api.all(&place, "members").await? {
                let name = member.get("user").map(|user| text(user, "userName")).unwrap_or_default();
                holds.insert((on.clone(), Folded::new(&name).as_str().to_owned()), role(&member)?);
            }
        }
        mapped.push(Mapped { group: text(&mapping, "group"), on, role: role(&mapping)? });
    }
    Ok((mapped, holds))
}

fn role(of: &Value) -> anyhow::Result<RoleWord> {
    text(of, "role")
        .parse()
        .context("the server knows roles that this program does not: use one of its version")
}

async fn send(
    arguments: &ImportArguments,
    lines: &Lines<'_>,
    dry_run: bool,
    api: &Api,
    mut progress: Late,
) -> anyhow::Result<Report> {
    progress.of(lines.count() as u64);
    let mut batches = Batches::new(api, arguments, dry_run);
    for (done, (number, line)) in (0..).zip(lines.iter()) {
        batches.line(number, &line.to_string()).await?;
        progress.at(done);
    }
    let report = batches.done().await?;
    progress.done();
    Ok(report)
}

/// The list as the lines of an export would have it, each with the line of the list: what a column does not say stays as it is. A line
/// is written when it is needed: all together are many times the size of the list.
struct Lines<'l> {
    list: &'l List,
    /// By the folded name: where the group is first named, how, and who is in it.
    groups: BTreeMap<String, (u64, &'l str, Vec<&'l str>)>,
}

impl<'l> Lines<'l> {
    fn of(list: &'l List) -> Self {
        let mut lines = Self { list, groups: BTreeMap::new() };
        for row in lines.rows() {
            for group in &row.groups {
                let key = Folded::new(group).as_str().to_owned();
                let of_group = || (row.line, group.as_str(), Vec::new());
                let (.., users) = lines.groups.entry(key).or_insert_with(of_group);
                // Once, also where the cell has the group in two spellings.
                if users.last() != Some(&row.user_name.as_str()) {
                    users.push(&row.user_name);
                }
            }
        }
        lines
    }

    /// A row without a userName is told of already.
    fn rows(&self) -> impl Iterator<Item = &'l Row> + use<'l> {
        self.list.rows.iter().filter(|row| !row.user_name.is_empty())
    }

    fn count(&self) -> usize {
        let members = self.groups.values().map(|(.., users)| users.len().div_ceil(NAMES));
        self.rows().count() + self.groups.len() + members.sum::<usize>()
    }

    fn iter(&self) -> impl Iterator<Item = (u64, Value)> {
        let groups = self.groups.values().map(|(line, name, _)| {
            (*line, json!({"type": "group", "merge": true, "resource": {"displayName": name}}))
        });
        let members = self.groups.values().flat_map(|(line, name, users)| {
            let line_of = move |users| (*line, json!({"type": "members", "group": name, "users": users}));
            users.chunks(NAMES).map(line_of)
        });
        self.rows().map(|row| (row.line, user(row))).chain(groups).chain(members)
    }
}

fn user(row: &Row) -> Value {
    let mut resource = json!({"userName": row.user_name});
    for (name, value) in [("externalId", &row.external_id), ("displayName", &row.display_name)] {
        if !value.is_empty() {
            resource[name] = json!(value);
        }
    }
    for (part, value) in [("givenName", &row.given_name), ("familyName", &row.family_name)] {
        if !value.is_empty() {
            resource["name"][part] = json!(value);
        }
    }
    if !row.email.is_empty() {
        resource["emails"] = json!([{"value": row.email, "type": "work"}]);
    }
    if let Some(active) = row.active {
        resource["active"] = json!(active);
    }
    json!({"type": "user", "merge": true, "resource": resource})
}
