//! The brake: how many people may lose access over SCIM in a while (enrollment.md 3.9, threat S24).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{DirectoryId, DirectoryState, GroupId, UserId};
use enroll_store::brake::{self, BrakeRow, Limits};
use enroll_store::filter::Compiled;
use enroll_store::member::Member;
use enroll_store::{StoreError, Tx, directory, group, owner, user};
use jiff::{SignedDuration, Timestamp};

use crate::audit::{Changes, Scribe};
use crate::models::ResourceKind;
use crate::{Error, ScimSession, Service};

/// How long a client is told to wait, in seconds: about a cycle of an identity provider.
const RETRY_AFTER: u32 = 1800;

/// How the sentence about a held request begins, and what the one about a paused directory has in it: the request log knows by them
/// why a request was refused.
const HELD: &str = "held by the brake of the directory ";
const PAUSED: &str = " is paused by a server admin ";

/// Longest name of a user or group that is repeated, in characters.
const NAME_CHARACTERS: usize = 256;

/// People noted before it is asked whether they are too many: a storm ends early.
const CHUNK: usize = 500;

/// The brake as it is in force for one write.
struct InForce {
    limits: Limits,
    /// Most people in the window.
    most: u64,
    since: Timestamp,
}

/// The brake of a directory, if it is on, nothing is approved, and an identity provider is writing.
fn in_force(tx: &Tx<'_>, scribe: &Scribe, directory: DirectoryId) -> Result<Option<InForce>, Error> {
    if !scribe.is_scim() {
        return Ok(None);
    }
    let row = brake::find(tx, directory)?;
    let now = scribe.now();
    if row.approved_until.is_some_and(|until| until > now) {
        return Ok(None);
    }
    let Some(limits) = row.limits else { return Ok(None) };
    let users = user::count(tx, directory, &Compiled::everything())?;
    let share = users.saturating_mul(u64::from(limits.percent)) / 100;
    let window = SignedDuration::from_mins(i64::from(limits.window_minutes));
    let since = now.checked_sub(window).unwrap_or(Timestamp::MIN);
    Ok(Some(InForce { limits, most: share.max(u64::from(limits.people)), since }))
}

/// Users lose access now, those of them who are active.
///
/// # Errors
/// [`Error::Held`] when too many have in the window.
pub(crate) fn lose(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    users: &[UserId],
) -> Result<(), Error> {
    match in_force(tx, scribe, directory)? {
        Some(force) => force.lose(tx, scribe, directory, users),
        None => Ok(()),
    }
}

/// Members leave a group, or a group goes as the member of itself: their users lose access if a mapping gives them any.
///
/// # Errors
/// As [`lose`].
pub(crate) fn members_left(
    tx: &Tx<'_>,
    scribe: &Scribe,
    directory: DirectoryId,
    group: GroupId,
    removed: &[Member],
) -> Result<(), Error> {
    let Some(force) = in_force(tx, scribe, directory)? else { return Ok(()) };
    if !owner::gives_access(tx, directory, group)? {
        return Ok(());
    }
    // One more than the limit is enough to know.
    let enough = u32::try_from(force.most).unwrap_or(u32::MAX - 1).saturating_add(1);
    let mut users = Vec::new();
    let mut groups = Vec::new();
    for member in removed {
        match member {
            Member::User(user) => users.push(*user),
            Member::Group(group) => groups.push(*group),
        }
    }
    users.extend(owner::active_users_within(tx, directory, groups, enough)?);
    force.lose(tx, scribe, directory, &users)
}

impl InForce {
    fn lose(
        &self,
        tx: &Tx<'_>,
        scribe: &Scribe,
        directory: DirectoryId,
        users: &[UserId],
    ) -> Result<(), Error> {
        let mut lost = 0;
        for part in users.chunks(CHUNK) {
            brake::note_losses(tx, directory, part, scribe.now())?;
            lost = brake::losses_since(tx, directory, self.since)?;
            if lost > self.most {
                break;
            }
        }
        if lost <= self.most {
            return Ok(());
        }
        let Limits { people, percent, window_minutes } = self.limits;
        let why = format!(
            "with it {lost} people or more would have lost access within {window_minutes} minutes, and the limit is {most} \
             ({people} people or {percent} %)",
            most = self.most,
        );
        let name = directory::find(tx, directory)?.map(|row| row.name.to_string()).unwrap_or_default();
        let detail = format!(
            "{HELD}{name}: {why}. Nothing was changed. A server admin approves it with `enroll directory brake approve \
             --directory {name}`, and the next retry passes; or stops all changes with `enroll directory pause {name}`"
        );
        Err(Error::Held { seconds: RETRY_AFTER, why, detail })
    }
}

/// The state of a directory that its brake or an administrator has stopped.
pub(crate) fn stopped(row: &BrakeRow) -> Option<DirectoryState> {
    match (row.paused, row.held) {
        (true, _) => Some(DirectoryState::Paused),
        (false, Some(_)) => Some(DirectoryState::Held),
        (false, None) => None,
    }
}

/// The state of a directory by which a request was refused, as its answer tells.
pub(crate) fn stopped_by(status: u16, detail: &str) -> Option<DirectoryState> {
    match status {
        429 if detail.starts_with(HELD) => Some(DirectoryState::Held),
        503 if detail.contains(PAUSED) => Some(DirectoryState::Paused),
        _ => None,
    }
}

/// A write over SCIM that was tried, as an administrator is told of it.
pub(crate) struct Tried<'a> {
    pub(crate) method: &'static str,
    pub(crate) kind: &'a ResourceKind,
    pub(crate) id: &'a str,
}

impl Tried<'_> {
    /// The name of the user or group.
    fn name(&self, tx: &Tx<'_>, directory: DirectoryId) -> Result<Option<String>, StoreError> {
        let found = match (self.kind, self.id.parse(), self.id.parse()) {
            (ResourceKind::User, Ok(id), _) => user::find(tx, directory, id)?.map(|row| row.user_name),
            (ResourceKind::Group, _, Ok(id)) => group::find(tx, directory, id)?.map(|row| row.display_name),
            _ => None,
        };
        Ok(found.map(|name| name.chars().filter(|c| !c.is_control()).take(NAME_CHARACTERS).collect()))
    }
}

impl Service {
    /// Passes on what came of a write over SCIM, and keeps what its own transaction could not keep as it was undone: that the
    /// brake has held it, or that the last server admin was protected.
    pub(crate) async fn told<T>(
        &self,
        session: &ScimSession,
        tried: Tried<'_>,
        done: Result<T, Error>,
    ) -> Result<T, Error> {
        let scribe = Scribe::of_scim(session, self.clock().now());
        match &done {
            Err(Error::Held { why, .. }) => {
                let (directory, name) = (session.directory, session.directory_name.clone());
                // Without a name the refusal is told all the same.
                let about = self.db().look_up(|tx| tried.name(tx, directory)).ok().flatten();
                let about = about.map(|about| format!(" ({about})")).unwrap_or_default();
                let request = session.origin.request_id.as_deref();
                let request = request.map_or_else(|| ", by".to_owned(), |id| format!(", request {id} of"));
                let Tried { method, kind, id } = tried;
                let (endpoint, label) = (kind.endpoint(), &session.label);
                let request =
                    format!("{method} /scim/v2{endpoint}/{id}{about}{request} the SCIM token {label}: {why}");
                self.db()
                    .write(move |tx| {
                        let mut row = brake::find(tx, directory)?;
                        // An administrator may have let it through, perhaps at another replica, after it was refused: then the
                        // retry passes, and nothing is held any more.
                        let approved = row.approved_until.is_some_and(|until| until > scribe.now());
                        if row.held.is_some() || approved || row.limits.is_none() {
                            return Ok(());
                        }
                        row.held = Some(scribe.now());
                        row.held_request = Some(request.clone());
                        brake::store(tx, directory, &row)?;
                        let mut changes = Changes::default();
                        changes.note("request", &request);
                        let id = directory.to_string();
                        let subject = (SubjectKind::Directory, id.as_str(), name.as_str());
                        scribe.write(tx, Action::BrakeHeld, directory, subject, &changes)?;
                        Ok::<_, Error>(())
                    })
                    .await?;
            }
            Err(Error::Protected { user, name, .. }) => {
                let (directory, user, name) = (session.directory, user.to_string(), name.clone());
                self.db()
                    .write(move |tx| {
                        let subject = (SubjectKind::User, user.as_str(), name.as_str());
                        let action = Action::ServerAdminProtected;
                        scribe.write(tx, action, directory, subject, &Changes::default())?;
                        Ok::<_, Error>(())
                    })
                    .await?;
            }
            _ => {}
        }
        done
    }
}

impl ScimSession {
    /// Whether the directory takes changes.
    ///
    /// # Errors
    /// [`Error::Paused`] while an administrator has paused it.
    pub(crate) fn writable(&self) -> Result<(), Error> {
        if !self.paused {
            return Ok(());
        }
        Err(Error::Paused(format!(
            "the directory {name}{PAUSED}and takes no changes; reading works. Try again later, or resume it: enroll directory \
             resume {name}",
            name = self.directory_name
        )))
    }
}
