//! The checks of users, groups, mappings, the sign-in connection and of what the identity provider sends.

use std::collections::{BTreeMap, HashMap};
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

use enroll_domain::look;
use enroll_domain::{DirectoryState, MappingBinding};
use enroll_saml::Certificate;
use enroll_scim::Folded;
use enroll_store::readiness::{self, Found};
use enroll_store::{mapping, server_admin, sso_metadata, user};

use jiff::SignedDuration;

use super::{Concerned, NAMED, ReadinessFinding, Severity, Subject};
use crate::Error;
use crate::sign_in::{CERTIFICATE_DAYS, MetadataRefresh, stored_connection};

/// A finding about what the store has found; none when that is nothing.
pub(super) fn about(
    found: Found,
    severity: Severity,
    code: &'static str,
    text: &str,
    advice: &str,
) -> Vec<ReadinessFinding> {
    if found.count == 0 {
        return Vec::new();
    }
    let concerned = found.first.into_iter().map(|(id, name)| Concerned { id, name }).collect();
    vec![ReadinessFinding {
        severity,
        code,
        text: text.to_owned(),
        advice: advice.to_owned(),
        count: found.count,
        concerned,
    }]
}

pub(super) fn traffic(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let Some(health) = subject.health else { return Ok(Vec::new()) };
    let (severity, code) = match health.state {
        DirectoryState::Failing => (Severity::Error, "requests-fail"),
        DirectoryState::Silent => (Severity::Warning, "silent"),
        DirectoryState::NeverConnected => (Severity::Warning, "never-connected"),
        DirectoryState::Held => (Severity::Error, "held"),
        DirectoryState::Paused => (Severity::Warning, "paused"),
        DirectoryState::Healthy | DirectoryState::Quiet => return Ok(Vec::new()),
    };
    let error = health.last_error.as_ref().filter(|_| health.state == DirectoryState::Failing);
    let told = error.map(|error| format!(" {}", error.explanation)).unwrap_or_default();
    let name = &subject.directory.name;
    let advice = match health.state {
        DirectoryState::Held => Some(format!(
            "See what is held (enroll directory brake status --directory {name}). Approve it: enroll directory brake approve --directory \
             {name}; or stop all changes: enroll directory pause {name}"
        )),
        DirectoryState::Paused => Some(format!("Let changes in again: enroll directory resume {name}")),
        _ => error.and_then(|error| error.advice.clone()),
    };
    Ok(vec![ReadinessFinding {
        severity,
        code,
        text: format!("{}.{told}", health.state_text),
        advice: advice.unwrap_or_else(|| format!("See what came: enroll requests list --directory {name}")),
        count: 0,
        concerned: Vec::new(),
    }])
}

pub(super) fn shared_work_emails(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    Ok(about(
        readiness::shared_work_emails(subject.tx, subject.directory.id, NAMED)?,
        Severity::Warning,
        "shared-email",
        "Users have the work e-mail address of another user: who signs in with it cannot be told from the others.",
        "Give each person an address of her own in the identity provider, and take it from the account that is left over: a deactivated one counts too.",
    ))
}

/// userNames that are another one's to the eye (UTS #39 §4). Most names are like no other: of these a number is kept and no text.
pub(super) fn look_alikes(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let (tx, directory) = (subject.tx, subject.directory.id);
    let hashes = BuildHasherDefault::<DefaultHasher>::default();
    let number = |name: &str| hashes.hash_one(look::look(name));
    let mut seen: HashMap<u64, bool> = HashMap::new();
    readiness::each_user_name_key(tx, directory, |name| {
        seen.entry(number(name)).and_modify(|again| *again = true).or_insert(false);
    })?;
    seen.retain(|_, again| *again);
    let mut alike: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if !seen.is_empty() {
        readiness::each_user_name_key(tx, directory, |name| {
            if seen.contains_key(&number(name)) {
                alike.entry(look::look(name)).or_default().push(name.to_owned());
            }
        })?;
    }
    alike.retain(|_, names| names.len() > 1);
    let mut found = Found { count: u64::try_from(alike.len()).unwrap_or(u64::MAX), first: Vec::new() };
    for keys in alike.values().take(NAMED as usize) {
        let mut users = Vec::new();
        for key in keys {
            users.extend(user::find_by_user_name(tx, directory, &Folded::new(key))?);
        }
        if let Some(first) = users.first() {
            let names = look::told(users.iter().map(|user| user.user_name.as_str()));
            found.first.push((first.id.to_string(), names));
        }
    }
    Ok(about(
        found,
        Severity::Warning,
        "look-alike",
        "userNames look alike and are not the same: one letter is of another script, or is easily taken for another.",
        "See in the identity provider whether each is a person of her own; if not, delete or rename the one that is left over.",
    ))
}

pub(super) fn users_without_external_id(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    Ok(about(
        readiness::users_without_external_id(subject.tx, subject.directory.id, NAMED)?,
        Severity::Info,
        "no-external-id",
        "Users have no externalId: after a rename the identity provider may not recognise them and create them anew.",
        "Map an attribute that never changes to externalId, for example objectId in Entra ID or the user's id in Okta.",
    ))
}

pub(super) fn mappings_without_group(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let mut waiting = Found::default();
    let mut lost = Found::default();
    for row in mapping::list(subject.tx, subject.directory.id)? {
        let found = match row.mapping.group.binding() {
            MappingBinding::Waiting => &mut waiting,
            MappingBinding::Lost => &mut lost,
            MappingBinding::Bound(_) => continue,
        };
        found.count += 1;
        if found.first.len() < NAMED as usize {
            found.first.push((row.mapping.id.to_string(), row.mapping.group.name().to_string()));
        }
    }
    let mut findings = about(
        lost,
        Severity::Error,
        "mapping-lost",
        "Mappings have lost their group: it was deleted in the identity provider, and nobody gets the role any more.",
        "Point each at another group (enroll mapping rebind) or remove it.",
    );
    findings.extend(about(
        waiting,
        Severity::Warning,
        "mapping-waits",
        "Mappings wait for a group that the identity provider has not sent.",
        "Assign the group to the application in the identity provider (in Okta: Push Groups), or correct the name in the mapping.",
    ));
    Ok(findings)
}

pub(super) fn unmapped_groups(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    Ok(about(
        readiness::unmapped_groups(subject.tx, subject.directory.id, NAMED)?,
        Severity::Info,
        "group-unmapped",
        "Groups give no role anywhere: no mapping holds them.",
        "Map those that should give a role (enroll mapping add), or stop sending them.",
    ))
}

/// Somebody has to get in when the identity provider is what has failed.
pub(super) fn no_local_admin(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    if server_admin::is_any_local(subject.tx)? {
        return Ok(Vec::new());
    }
    Ok(vec![ReadinessFinding {
        severity: Severity::Warning,
        code: "no-local-admin",
        text: "No active local user is a server admin: when the identity provider fails, nobody can administer this server \
               but over its command line."
            .to_owned(),
        advice: "Make one: enroll admin create NAME".to_owned(),
        count: 0,
        concerned: Vec::new(),
    }])
}

/// The sign-in connection and its certificates (threat A17). An expired one verifies all the same, but the identity provider will change
/// it; one that lasts longer is ready to take over.
pub(super) fn sign_in(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let name = &subject.directory.name;
    let Some(stored) = stored_connection(subject.tx, subject.directory.id)? else {
        return Ok(vec![ReadinessFinding {
            severity: Severity::Info,
            code: "no-sign-in",
            text: "The directory has no sign-in connection: nobody can sign in by it.".to_owned(),
            advice: format!("Make one: enroll directory sso set --directory {name} --metadata FILE"),
            count: 0,
            concerned: Vec::new(),
        }]);
    };
    let soon = subject.now.saturating_add(SignedDuration::from_hours(24 * CERTIFICATE_DAYS));
    let soon = soon.unwrap_or(subject.now);
    let connection = stored.connection()?;
    let certificates: Vec<&Certificate> = connection.identity_provider.certificates.iter().collect();
    let Some(last) = certificates.iter().map(|certificate| certificate.not_after()).max() else {
        return Ok(Vec::new());
    };
    if last > soon {
        return Ok(Vec::new());
    }
    let expired = last <= subject.now;
    let concerned = certificates.iter().take(NAMED as usize).map(|certificate| Concerned {
        id: certificate.fingerprint(),
        name: certificate.subject().to_owned(),
    });
    Ok(vec![ReadinessFinding {
        severity: if expired { Severity::Error } else { Severity::Warning },
        code: if expired { "certificate-expired" } else { "certificate-expires" },
        text: if expired {
            format!(
                "Every signing certificate of the identity provider has expired, the last one on {last:.0}."
            )
        } else {
            format!("The last signing certificate of the identity provider expires on {last:.0}.")
        },
        advice: format!(
            "Make a new one there and bring its metadata before it is used: enroll directory sso set --directory {name} --metadata FILE"
        ),
        count: u64::try_from(certificates.len()).unwrap_or_default(),
        concerned: concerned.collect(),
    }])
}

/// Metadata that is fetched: that it was not taken, and what it has changed in the last week (threat A17).
pub(super) fn metadata(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let Some(noted) = sso_metadata::find(subject.tx, subject.directory.id)? else { return Ok(Vec::new()) };
    let noted = MetadataRefresh::from(noted);
    let name = &subject.directory.name;
    let mut findings = Vec::new();
    let finding = |severity, code, text, advice| ReadinessFinding {
        severity,
        code,
        text,
        advice,
        count: 0,
        concerned: Vec::new(),
    };
    if let (Some(failed), Some(failure)) = (noted.failed, &noted.failure) {
        findings.push(finding(
            Severity::Warning,
            "metadata-failed",
            format!(
                "The metadata of the identity provider was not taken on {failed:.0}, for the last time on {:.0}: {failure}. People \
                 sign in with what was taken then.",
                noted.fetched
            ),
            format!("Correct it, then: enroll directory sso refresh --directory {name}"),
        ));
    }
    let week = SignedDuration::from_hours(7 * 24);
    if let (Some(changed), Some(changes)) = (noted.changed, &noted.changes)
        && subject.now.duration_since(changed) < week
    {
        findings.push(finding(
            Severity::Info,
            "metadata-changed",
            format!("The metadata of the identity provider has changed on {changed:.0}: {changes}."),
            "Compare the fingerprints with those that the identity provider shows.".to_owned(),
        ));
    }
    Ok(findings)
}
