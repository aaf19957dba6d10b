//! Reads lines of a file into a directory. Users, groups and members are written in slices, each a transaction; what an
//! administrator sets up goes through the use cases that the API has for it.

use enroll_domain::audit::Origin;
use enroll_domain::privilege::AllowPrivileged;
use enroll_store::{Tx, brake};
use schemars::JsonSchema;
use serde::Serialize;

use super::line::Line;
use crate::admin::find_directory;
use crate::audit::Scribe;
use crate::scim::{Came, Importing, Names, SaidManager};
use crate::{Error, ScimSession, Service};

/// How much is written in one transaction: a user is 1, and a name in a line of members a tenth of it. Others who write wait for
/// a slice to end.
const SLICE: usize = 100;

/// How lines are imported.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Whether everything is undone again: the answer says what would come of it. What a line names and is not there counts as
    /// made by an earlier line.
    pub dry_run: bool,
    /// Whether mappings and a default enrollment may give the roles `admin` and `owner`.
    pub allow_privileged: AllowPrivileged,
}

/// What came of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImportOutcome {
    /// The object was not there.
    Made,
    /// It was there and is another now.
    Changed,
    /// It was there as the line has it.
    Same,
    /// It cannot be as the line has it; nothing was changed.
    Refused,
}

/// A line with what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportedLine {
    /// Which line.
    #[schemars(range(min = 1))]
    pub line: u64,
    /// The `type` of the line.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = [
        "organization", "resource", "user", "grant", "manager", "group", "members", "mapping", "defaultEnrollment"
    ]))]
    pub kind: &'static str,
    /// What it is about.
    pub name: String,
    /// What came of it.
    pub outcome: ImportOutcome,
    /// Why it was refused, or what is to be known of it: what was left out, or does not come right by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl From<Came> for ImportOutcome {
    fn from(came: Came) -> Self {
        match came {
            Came::Made => Self::Made,
            Came::Changed => Self::Changed,
            Came::Same => Self::Same,
        }
    }
}

impl ImportedLine {
    fn of(number: u64, line: &Line, done: Result<(Came, Option<String>), Error>) -> Result<Self, Error> {
        let (outcome, detail) = match done {
            Ok((came, detail)) => (came.into(), detail),
            // The server's own faults are no answer to a line.
            Err(error) if error.status() >= 500 => return Err(error),
            Err(error) => (ImportOutcome::Refused, Some(error.to_string())),
        };
        Ok(Self { line: number, kind: line.kind(), name: line.name(), outcome, detail })
    }
}

impl Service {
    /// Carries out numbered lines, in order, and says what came of each but the first and the last of a file. Whatever was done
    /// stays when a later line fails: the same lines, sent again, find it and change nothing.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory; [`Error::Paused`] when it takes no changes; [`Error::Store`].
    pub async fn import(
        &self,
        directory: &str,
        lines: Vec<(u64, Line)>,
        options: ImportOptions,
    ) -> Result<Vec<ImportedLine>, Error> {
        let session = self.importing_session(directory)?;
        session.writable()?;
        let carrier = if options.dry_run { self.trying() } else { self.clone() };
        let (mut results, mut slice, mut weight) = (Vec::with_capacity(lines.len()), Vec::new(), 0);
        for (number, line) in lines {
            match line {
                Line::Header(_) | Line::End(_) => {}
                Line::User(_) | Line::Manager(_) | Line::Group(_) | Line::Members(_) => {
                    weight += weight_of(&line);
                    slice.push((number, line));
                    if weight >= SLICE {
                        weight = 0;
                        results.extend(
                            carrier.write_slice(&session, std::mem::take(&mut slice), options).await?,
                        );
                    }
                }
                line => {
                    weight = 0;
                    results.extend(carrier.write_slice(&session, std::mem::take(&mut slice), options).await?);
                    let done = carrier.set_up(&session, &line, options).await;
                    results.push(ImportedLine::of(number, &line, done)?);
                }
            }
        }
        results.extend(carrier.write_slice(&session, slice, options).await?);
        Ok(results)
    }

    fn importing_session(&self, directory: &str) -> Result<ScimSession, Error> {
        self.db().look_up(|tx| {
            let row = find_directory(tx, directory)?;
            let models = self.models().reading(tx, &row)?;
            let paused = brake::find(tx, row.id)?.paused;
            Ok(ScimSession::without_token(&row, "import", models, paused, Origin::default()))
        })
    }

    /// One transaction.
    async fn write_slice(
        &self,
        session: &ScimSession,
        slice: Vec<(u64, Line)>,
        options: ImportOptions,
    ) -> Result<Vec<ImportedLine>, Error> {
        if slice.is_empty() {
            return Ok(Vec::new());
        }
        let scribe = Scribe::of_service(self, self.clock().now());
        let importing = Importing::new(self, session.clone(), scribe, options.dry_run)?;
        self.db()
            .write(move |tx| {
                let mut done = Vec::with_capacity(slice.len());
                for (number, line) in &slice {
                    let came = tx.nested(|tx| carry_out(tx, &importing, line));
                    done.push(ImportedLine::of(*number, line, came)?);
                }
                Ok(done)
            })
            .await
    }
}

fn weight_of(line: &Line) -> usize {
    match line {
        Line::Members(line) => 1 + (line.users.len() + line.groups.len()) / 10,
        _ => 1,
    }
}

fn carry_out(tx: &Tx<'_>, importing: &Importing, line: &Line) -> Result<(Came, Option<String>), Error> {
    let (came, notes) = match line {
        Line::User(line) => {
            let manager = match &line.manager {
                Some(name) => SaidManager::Named(name),
                None if line.manager_follows => SaidManager::Follows,
                None => SaidManager::ById,
            };
            importing.user(tx, &line.resource, manager, line.merge)?
        }
        Line::Manager(line) => return Ok((importing.manager(tx, &line.user, &line.manager)?, None)),
        Line::Group(line) => importing.group(tx, &line.resource, line.merge)?,
        Line::Members(line) => {
            let names = Names { users: &line.users, groups: &line.groups };
            return Ok((importing.members(tx, &line.group, &names)?, None));
        }
        _ => return Err(Error::Internal("a line is not one of users and groups".to_owned())),
    };
    Ok((came, (!notes.is_empty()).then(|| notes.join("; "))))
}
