//! Whom a name finds: at a sign-in by the join rule, and for an administrator who names a user (enrollment.md §4.1, §7.1).

use enroll_domain::sign_in::JoinTo;
use enroll_store::filter::Compiled;
use enroll_store::readiness;
use enroll_store::{directory, sign_in, user};

use super::checks::about;
use super::{NAMED, Reader, ReadinessFinding, Severity, Subject};
use crate::Error;
use crate::sign_in::{UNKNOWN_USER, stored_connection};

/// Sign-ins in a row that have found nobody before that is the fault of the join rule.
const STRANGERS: usize = 3;

/// Look-ups that a report takes at most to find users of one name in several directories.
const LOOK_UPS: u64 = 500_000;

/// A join rule that finds nobody: what it compares with is what no user has, or the last sign-ins have found nobody.
pub(super) fn join_rule(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let (tx, id) = (subject.tx, subject.directory.id);
    let Some(stored) = stored_connection(tx, id)? else { return Ok(Vec::new()) };
    if user::count(tx, id, &Compiled::everything())? == 0 {
        return Ok(Vec::new());
    }
    let (to, name) = (stored.join.to, &subject.directory.name);
    let compared = match to {
        JoinTo::UserName => true,
        JoinTo::ExternalId => readiness::has_external_ids(tx, id)?,
        JoinTo::WorkEmail => readiness::has_work_emails(tx, id)?,
    };
    let finding = |severity, text, advice| ReadinessFinding {
        severity,
        code: "join-finds-nobody",
        text,
        advice,
        count: 0,
        concerned: Vec::new(),
    };
    if !compared {
        let what = match to {
            JoinTo::WorkEmail => "e-mail address for work".to_owned(),
            JoinTo::UserName | JoinTo::ExternalId => to.to_string(),
        };
        return Ok(vec![finding(
            Severity::Error,
            format!(
                "The join rule of the sign-in connection compares with {to}, and no user of the directory has one."
            ),
            format!(
                "Have the identity provider send each user's {what}, or join by something else: enroll directory sso set --directory \
                 {name} --join userName"
            ),
        )]);
    }
    let signed = sign_in::logged(tx, id)?.into_iter().filter(|row| row.verified);
    let strangers = signed.take_while(|row| row.code == UNKNOWN_USER).count();
    if strangers < STRANGERS {
        return Ok(Vec::new());
    }
    Ok(vec![finding(
        Severity::Warning,
        format!(
            "The last {strangers} sign-ins have found no user by the join rule of the connection ({to})."
        ),
        format!(
            "Compare what the identity provider sends with the {to} of its users (enroll directory sso log --directory {name}), and \
             correct the rule: enroll directory sso set --directory {name} --join …"
        ),
    )])
}

/// Users whose userName somebody of another directory has. What is in other directories is no business of an identity provider.
pub(super) fn shared_user_names(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    if subject.reader != Reader::Administrator || !compares_user_names(subject)? {
        return Ok(Vec::new());
    }
    Ok(about(
        readiness::shared_user_names(subject.tx, subject.directory.id, NAMED)?,
        Severity::Info,
        "shared-user-name",
        "Users have the userName of a user of another directory: a command that names one of them by it cannot tell them apart.",
        "Name them by the handle, which stands in parentheses, or by id.",
    ))
}

/// Whether that many users are looked for in that many directories.
pub(super) fn compares_user_names(subject: &Subject<'_>) -> Result<bool, Error> {
    let users = user::count(subject.tx, subject.directory.id, &Compiled::everything())?;
    let others = u64::try_from(directory::list(subject.tx)?.len()).unwrap_or(u64::MAX);
    Ok(users.saturating_mul(others) <= LOOK_UPS)
}
