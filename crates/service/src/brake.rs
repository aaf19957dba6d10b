//! The brake: how many people may lose access over SCIM in a while (enrollment.md 3.9, threat S24).

use enroll_domain::audit::{Action, SubjectKind};
use enroll_domain::{DirectoryId, GroupId, UserId};
use enroll_store::brake::{self, Limits};
use enroll_store::filter::Compiled;
use enroll_store::member::Member;
use enroll_store::{Tx, owner, user};
use jiff::{SignedDuration, Timestamp};

use crate::audit::{Changes, Scribe};
use crate::{Error, ScimSession, Service};

/// How long a client is told to wait, in seconds: about a cycle of an identity provider.
const RETRY_AFTER: u32 = 1800;

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
        Err(Error::Held {
            seconds: RETRY_AFTER,
            detail: format!(
                "held by the brake of this directory: with this request {lost} people or more would have lost access within \
                 {window_minutes} minutes, and the limit is {most} ({people} people or {percent} %). Nothing was changed. A \
                 server admin approves it with `enroll directory brake approve`, and the next retry passes; or stops all \
                 changes with `enroll directory pause`",
                most = self.most,
            ),
        })
    }
}

impl Service {
    /// Passes on what came of a write over SCIM, and keeps what its own transaction could not keep as it was undone: that the
    /// brake has held it, or that the last server admin was protected.
    pub(crate) async fn told<T>(&self, session: &ScimSession, done: Result<T, Error>) -> Result<T, Error> {
        let scribe = Scribe::of_scim(session, self.clock().now());
        match &done {
            Err(Error::Held { detail, .. }) => {
                let (directory, name, detail) =
                    (session.directory, session.directory_name.clone(), detail.clone());
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
                        row.held_request = Some(detail.clone());
                        brake::store(tx, directory, &row)?;
                        let mut changes = Changes::default();
                        changes.note("request", &detail);
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
            "the directory {name} is paused by a server admin and takes no changes; reading works. Try again later, or \
             resume it: enroll directory resume {name}",
            name = self.directory_name
        )))
    }
}
