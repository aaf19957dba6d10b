//! The end of a sign-in: a posted response becomes a session, or a refusal that says what to do.

use enroll_domain::audit::{Action, Actor, Origin, SubjectKind};
use enroll_domain::sign_in::GroupsPolicy;
use enroll_domain::{OpaqueSecret, SecretHash, SessionId, UserId};
use enroll_saml::{AssertedGroups, BegunBy, Identity, Pending, Reason, finish};
use enroll_store::directory::DirectoryRow;
use enroll_store::sign_in::{self, SignInRequest};
use enroll_store::user::UserRow;
use enroll_store::{Tx, brake, tombstone};

use super::connection::connected;
use super::lookup::{Found, described, find};
use super::settings::Stored;
use super::steps::{ACCEPTED, Steps};
use crate::audit::{Changes, Scribe};
use crate::scim::{join_groups, provision};
use crate::sessions::{NewSession, Opening, SessionDetails};
use crate::{Error, ScimSession, Service};

/// What a browser has posted.
#[derive(Debug, Clone, Default)]
pub struct Posted {
    /// The field `SAMLResponse`.
    pub response: String,
    /// The field `RelayState`.
    pub relay_state: Option<String>,
    /// The cookie that binds it to the begun sign-in.
    pub browser: Option<String>,
    /// The request.
    pub origin: Origin,
}

/// A sign-in that was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSignIn {
    /// The HTTP status: 403, or 400 for what is no response at all.
    pub status: u16,
    /// A stable code.
    pub code: String,
    /// A sentence for the person who wanted to sign in.
    pub person: String,
    /// A sentence for an administrator.
    pub admin: String,
}

/// What came of a posted response.
#[derive(Debug)]
pub enum SignInOutcome {
    /// Somebody has signed in.
    In {
        /// Her session.
        session: Box<NewSession>,
        /// The path of this service that she goes to.
        return_path: String,
    },
    /// Nobody has.
    Refused(RefusedSignIn),
}

/// The code of the refusal of somebody whom the join rule does not find.
pub(crate) const UNKNOWN_USER: &str = "unknown_user";

const GROUPS_MISSING: &str = "the assertion has no groups attribute";

/// Groups with what they do, or why there are none.
type Asserted<'a> = Result<Option<(&'a [String], GroupsPolicy)>, RefusedSignIn>;

const ASK: &str = "Ask the administrators of your organization to let you in.";

fn refused(code: &str, person: impl Into<String>, admin: impl Into<String>) -> RefusedSignIn {
    RefusedSignIn { status: 403, code: code.to_owned(), person: person.into(), admin: admin.into() }
}

/// How the transaction ended; both ends are committed.
enum Ended {
    In(UserId),
    Refused(RefusedSignIn),
}

/// Everything that the transaction needs, which may run more than once.
#[derive(Clone)]
struct Finishing {
    service: Service,
    directory: DirectoryRow,
    stored: Stored,
    request: Option<SignInRequest>,
    identity: Identity,
    steps: Steps,
    opening: Opening,
    origin: Origin,
}

impl Service {
    /// Finishes a sign-in: checks the response, finds or makes the user, opens her session and enrolls her where her directory
    /// enrolls everybody, in one transaction (threat A13).
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such directory or connection; [`Error::Store`].
    pub async fn finish_sign_in(&self, directory: &str, posted: Posted) -> Result<SignInOutcome, Error> {
        let browser = posted.browser.as_deref().and_then(OpaqueSecret::parse);
        let (row, stored, request) = self.db().look_up(|tx| {
            let (row, stored) = connected(tx, directory)?;
            let request = match (&browser, &posted.relay_state) {
                (Some(browser), Some(key)) => sign_in::begun(tx, row.id, SecretHash::of(browser), key)?,
                _ => None,
            };
            Ok::<_, Error>((row, stored, request))
        })?;
        let (ours, connection, now) =
            (self.service_provider(row.name.as_str())?, stored.connection()?, self.clock().now());
        let pending = request.as_ref().map(|request| Pending {
            request_id: request.request_id.clone(),
            relay_state: request.relay_state.clone(),
            begun: request.begun,
            anew: request.anew,
        });
        let finished = finish(&ours, &connection, pending.as_ref(), &posted.response, now);
        let id = *SessionId::new(now, &self.entropy().id()).as_uuid();
        let steps = Steps::of(&finished.trace, (id, now), posted.origin.request_id.clone());
        let identity = match finished.outcome {
            Ok(identity) => identity,
            Err(refusal) => {
                let reason = refusal.reason();
                self.keep_refused(&row, steps, reason.code().to_owned()).await?;
                return Ok(SignInOutcome::Refused(RefusedSignIn {
                    status: if is_unreadable(reason) { 400 } else { 403 },
                    code: reason.code().to_owned(),
                    person: person(reason).to_owned(),
                    admin: refusal.to_string(),
                }));
            }
        };
        let details = SessionDetails {
            address: posted.origin.address.clone(),
            user_agent: posted.origin.user_agent.clone(),
            not_on_or_after: identity.session_ends,
            name_id: Some(identity.name_id.clone()),
            session_index: identity.session_index.clone(),
            authenticated: Some(identity.authenticated),
        };
        let (opening, cookie) = self.opening(details)?;
        let by_us = identity.begun_by == BegunBy::ServiceProvider;
        let return_path = request.as_ref().filter(|_| by_us).map(|request| request.return_path.clone());
        let finishing = Finishing {
            service: self.clone(),
            directory: row.clone(),
            stored,
            request,
            identity,
            steps: steps.clone(),
            opening: opening.clone(),
            origin: posted.origin,
        };
        match self.db().write(move |tx| finishing.carry_out(tx)).await {
            Ok(Ended::In(user)) => {
                let session = Box::new(opening.opened(user, row.id, &cookie));
                let return_path = return_path.unwrap_or_else(|| "/".to_owned());
                Ok(SignInOutcome::In { session, return_path })
            }
            Ok(Ended::Refused(refused)) => Ok(SignInOutcome::Refused(refused)),
            // What could not be written was undone: the user, or a group, that the assertion describes.
            Err(error) if error.status() < 500 || matches!(error, Error::Paused(_)) => {
                let mut steps = steps;
                steps.note(
                    "provisioning",
                    false,
                    "the user or a group cannot be written as the assertion says",
                );
                self.keep_refused(&row, steps, "not_provisioned".to_owned()).await?;
                let admin = format!("what the assertion says of the user cannot be stored: {error}");
                Ok(SignInOutcome::Refused(refused("not_provisioned", ASK, admin)))
            }
            Err(error) => Err(error),
        }
    }

    async fn keep_refused(&self, row: &DirectoryRow, steps: Steps, code: String) -> Result<(), Error> {
        let directory = row.id;
        Ok(self.db().write(move |tx| steps.keep(tx, directory, &code, None)).await?)
    }
}

impl Finishing {
    fn carry_out(&self, tx: &Tx<'_>) -> Result<Ended, Error> {
        let mut steps = self.steps.clone();
        let mut who = None;
        let ended = self.checked(tx, &mut steps, &mut who)?;
        let code = match &ended {
            Ended::In(_) => ACCEPTED,
            Ended::Refused(refused) => &refused.code,
        };
        steps.keep(tx, self.directory.id, code, who)?;
        Ok(ended)
    }

    fn checked(&self, tx: &Tx<'_>, steps: &mut Steps, who: &mut Option<UserId>) -> Result<Ended, Error> {
        let (directory, identity) = (self.directory.id, &self.identity);
        let once = (self.stored.entity_id.as_str(), identity.once.assertion_id.as_str());
        if !sign_in::use_assertion(tx, directory, once, identity.once.remember_until, steps.at)? {
            steps.note("once", false, "the assertion was used before");
            return self.refuse_stranger(
                tx,
                refused(
                    "replayed",
                    "This sign-in was used already. Sign in again.",
                    "The assertion was used before: a browser has sent it twice, or somebody has stolen it.",
                ),
            );
        }
        if let Some(request) = self.request.as_ref().filter(|_| identity.begun_by == BegunBy::ServiceProvider)
            && !sign_in::use_up(tx, directory, &request.relay_state)?
        {
            steps.note("once", false, "the begun sign-in was used before");
            let reason = Reason::InResponseTo;
            return self.refuse_stranger(tx, refused(reason.code(), person(reason), reason.sentence()));
        }
        steps.note("once", true, "first use");

        let session = self.session(tx)?;
        let asserted = self.asserted(tx)?;
        let to = self.stored.join.to;
        let user = match find(tx, directory, to, &identity.join)? {
            Found::One(user) => user,
            Found::Several => {
                steps.note("user", false, format!("several users have this {to}"));
                let admin = format!("Several users of the directory have the {to} that names the user.");
                return self.refuse_stranger(tx, refused("ambiguous_user", ASK, admin));
            }
            Found::Nobody => match asserted.as_ref().map_err(Clone::clone).map(|_| ()) {
                Err(refused) => {
                    steps.note("groups", false, GROUPS_MISSING);
                    return self.refuse_stranger(tx, refused);
                }
                Ok(()) => match self.provisioned(tx, &session, steps)? {
                    Ok(user) => user,
                    Err(refused) => return self.refuse_stranger(tx, refused),
                },
            },
        };
        *who = Some(user.id);
        let actor = Actor::user(user.id, &user.user_name).by(self.origin.clone());
        let scribe = Scribe::of_actor(actor, steps.at);
        match asserted {
            Ok(Some((names, policy))) if user.active => {
                self.join(tx, &session, &user, (names, policy), steps)?;
            }
            Err(refused) if user.active => {
                steps.note("groups", false, GROUPS_MISSING);
                let mut changes = Changes::default();
                changes.note("reason", &refused.code);
                let id = user.id.to_string();
                let subject = (SubjectKind::User, id.as_str(), user.user_name.as_str());
                scribe.write(tx, Action::SignInRefused, directory, subject, &changes)?;
                return Ok(Ended::Refused(refused));
            }
            _ => {}
        }
        if !self.opening.insert(tx, &user, &scribe)? {
            steps.note("user", false, "deactivated");
            return Ok(Ended::Refused(refused(
                "deactivated",
                "Your account here is deactivated. Ask the administrators of your organization to activate it.",
                "The user is deactivated: assign the person to the application in the identity provider again.",
            )));
        }
        steps.note("user", true, "found, active");
        Ok(Ended::In(user.id))
    }

    /// By which the code of SCIM writes.
    fn session(&self, tx: &Tx<'_>) -> Result<ScimSession, Error> {
        let models = self.service.models().reading(tx, &self.directory)?;
        let paused = brake::find(tx, self.directory.id)?.paused;
        Ok(ScimSession::without_token(&self.directory, "sign-in", models, paused, self.origin.clone()))
    }

    /// Makes the user, if the directory allows that (enrollment.md 4.2). Somebody who was deleted is not brought back (threat A19).
    fn provisioned(
        &self,
        tx: &Tx<'_>,
        session: &ScimSession,
        steps: &mut Steps,
    ) -> Result<Result<UserRow, RefusedSignIn>, Error> {
        let (to, name) = (self.stored.join.to, &self.directory.name);
        if !self.stored.jit {
            steps.note("user", false, format!("no user of the directory has this {to}"));
            let admin = format!(
                "No user of the directory {name} has the {to} that the assertion names. Assign the person to the application in the \
                 identity provider so that SCIM makes the user, or allow just-in-time provisioning: enroll directory sso set --directory \
                 {name} --jit on"
            );
            return Ok(Err(refused(UNKNOWN_USER, ASK, admin)));
        }
        let key = enroll_scim::Folded::new(&self.identity.name_id.value);
        if tombstone::is_of_user(tx, self.directory.id, &key)? {
            steps.note("user", false, "was deleted");
            return Ok(Err(refused(
                "deleted_user",
                ASK,
                "A user of this name was deleted, and a sign-in does not bring anybody back: provision the person again over SCIM.",
            )));
        }
        let user = provision(&self.service, tx, session, described(&self.identity, to))?;
        steps.note("provisioning", true, "the user was made");
        Ok(Ok(user))
    }

    /// The groups of the assertion with what they are to do, by the policy of the directory (enrollment.md 4.3); none when they do
    /// nothing. An assertion that does not say is refused where it would be the whole truth.
    fn asserted(&self, tx: &Tx<'_>) -> Result<Asserted<'_>, Error> {
        let policy = match self.stored.groups {
            Some(policy) => policy,
            None if sign_in::scim_has_groups(tx, self.directory.id)? => GroupsPolicy::Ignore,
            None => GroupsPolicy::Merge,
        };
        let why = match (&self.identity.groups, policy) {
            (_, GroupsPolicy::Ignore) => return Ok(Ok(None)),
            (AssertedGroups::Listed(names), _) => return Ok(Ok(Some((names, policy)))),
            (_, GroupsPolicy::Merge) => return Ok(Ok(None)),
            (AssertedGroups::TooMany, GroupsPolicy::Replace) => {
                "the identity provider has left the groups out, as there are too many"
            }
            (_, GroupsPolicy::Replace) => GROUPS_MISSING,
        };
        let admin = format!(
            "Groups are replaced at sign-in, and {why}. So that nobody loses access by that, nobody is let in: add the attribute in the \
             identity provider, or choose another policy (enroll directory sso set --groups merge)."
        );
        Ok(Err(refused("groups_missing", ASK, admin)))
    }

    /// Puts the user into her groups.
    fn join(
        &self,
        tx: &Tx<'_>,
        session: &ScimSession,
        user: &UserRow,
        (names, policy): (&[String], GroupsPolicy),
        steps: &mut Steps,
    ) -> Result<(), Error> {
        if session.paused {
            steps.note("groups", true, "the directory is paused: nothing was changed");
            return Ok(());
        }
        let joined = join_groups(&self.service, tx, session, user, names, policy)?;
        let (named, added, removed) = (names.len(), joined.added, joined.removed);
        let unusable = joined.unusable;
        let told = format!("{policy}: {named} named, {added} joined, {removed} left, {unusable} unusable");
        steps.note("groups", true, told);
        Ok(())
    }

    /// Tells the audit trail of somebody signed by the identity provider who is no user here.
    fn refuse_stranger(&self, tx: &Tx<'_>, refused: RefusedSignIn) -> Result<Ended, Error> {
        let scribe = Scribe::of_actor(Actor::system().by(self.origin.clone()), self.steps.at);
        let mut changes = Changes::default();
        changes.note("reason", &refused.code);
        let id = self.directory.id.to_string();
        let subject = (SubjectKind::Directory, id.as_str(), self.directory.name.as_str());
        scribe.write(tx, Action::SignInRefused, self.directory.id, subject, &changes)?;
        Ok(Ended::Refused(refused))
    }
}

/// Whether a reason says that what was sent is no response at all.
fn is_unreadable(reason: Reason) -> bool {
    use Reason as R;
    matches!(
        reason,
        R::TooLarge
            | R::NotBase64
            | R::NotUtf8
            | R::Doctype
            | R::Comment
            | R::Cdata
            | R::ProcessingInstruction
            | R::Entity
            | R::Xinclude
            | R::TooDeep
            | R::TooManyAttributes
            | R::DuplicateAttribute
            | R::NamespaceUri
            | R::Malformed
            | R::DuplicateId
            | R::NotAResponse
    )
}

/// What the person can do.
fn person(reason: Reason) -> &'static str {
    match reason {
        Reason::InResponseTo | Reason::PendingExpired | Reason::Expired | Reason::SessionEnded => {
            "This sign-in has run out, or was begun in another window. Sign in again."
        }
        Reason::IdpInitiated => "Begin to sign in here, not at your identity provider.",
        Reason::StatusNotSuccess => {
            "Your identity provider has not let you in. Ask your administrators whether you are assigned to this application."
        }
        _ => "Your identity provider and this service do not agree. Show this page to your administrators.",
    }
}
