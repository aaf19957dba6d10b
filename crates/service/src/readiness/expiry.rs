//! Tokens that have expired or soon will (enrollment.md §5.1): 30, 14, 7 and 1 days before.

use enroll_domain::TokenId;
use enroll_store::token::scim::ScimTokenRow;
use enroll_store::{Tx, directory, token};
use jiff::Timestamp;

use super::{Concerned, ReadinessFinding, Severity, Subject};
use crate::Error;

/// Days before the end at which the warning changes its words.
const DAYS: [i64; 4] = [1, 7, 14, 30];

/// Days before the end from which on it is urgent.
const URGENT: i64 = 7;

/// A token that has expired or soon will.
pub(super) struct Warning {
    pub(super) directory: String,
    pub(super) label: String,
    pub(super) token: TokenId,
    pub(super) expires: Timestamp,
}

/// The least number of days of [`DAYS`] that is left of a token; `None` when more is left, or it never ends.
fn days_left(token: &ScimTokenRow, now: Timestamp) -> Option<i64> {
    let left = token.expires?.duration_since(now).as_secs();
    DAYS.into_iter().find(|days| left <= days * 24 * 60 * 60)
}

/// Tokens whose end is near. One that has ended is of no concern while others work: it was replaced.
fn near(tokens: &[ScimTokenRow], now: Timestamp) -> impl Iterator<Item = (&ScimTokenRow, i64)> {
    let works = move |token: &ScimTokenRow| token.expires.is_none_or(|expires| expires > now);
    let some_work = tokens.iter().any(works);
    tokens
        .iter()
        .filter(move |token| works(token) || !some_work)
        .filter_map(move |token| Some((token, days_left(token, now)?)))
}

pub(super) fn tokens(subject: &Subject<'_>) -> Result<Vec<ReadinessFinding>, Error> {
    let rows = token::scim::list(subject.tx, subject.directory.id)?;
    let name = &subject.directory.name;
    let create = format!(
        "Make one and enter it in the identity provider: enroll token create --directory {name} --label ..."
    );
    if rows.is_empty() {
        return Ok(vec![ReadinessFinding {
            severity: Severity::Warning,
            code: "no-token",
            text: "The directory has no SCIM token: its identity provider cannot connect.".to_owned(),
            advice: create,
            count: 0,
            concerned: Vec::new(),
        }]);
    }
    // A token that outlives the warning is ready to take over: then the end of another is only worth knowing.
    let replaced = rows.iter().any(|token| days_left(token, subject.now).is_none());
    let findings = near(&rows, subject.now).map(|(token, days)| {
        let expired = token.expires.is_some_and(|expires| expires <= subject.now);
        let (code, text) = if expired {
            ("token-expired", format!("The token {:?} has expired, and there is no other.", token.label))
        } else {
            let unit = if days == 1 { "1 day".to_owned() } else { format!("{days} days") };
            ("token-expires", format!("The token {:?} expires in less than {unit}.", token.label))
        };
        ReadinessFinding {
            severity: match (replaced, expired || days <= URGENT) {
                (true, _) => Severity::Info,
                (false, true) => Severity::Error,
                (false, false) => Severity::Warning,
            },
            code,
            text,
            advice: if replaced {
                "Another token is valid for longer: see that the identity provider uses that one, then delete this one.".to_owned()
            } else {
                create.clone()
            },
            count: 1,
            concerned: vec![Concerned { id: token.id.to_string(), name: token.label.clone() }],
        }
    });
    Ok(findings.collect())
}

/// The tokens of all directories whose end is near.
pub(super) fn warnings(tx: &Tx<'_>, now: Timestamp) -> Result<Vec<Warning>, Error> {
    let mut warnings = Vec::new();
    for directory in directory::list(tx)? {
        let rows = token::scim::list(tx, directory.id)?;
        warnings.extend(near(&rows, now).filter_map(|(token, _)| {
            let (label, expires) = (token.label.clone(), token.expires?);
            Some(Warning { directory: directory.name.to_string(), label, token: token.id, expires })
        }));
    }
    Ok(warnings)
}
