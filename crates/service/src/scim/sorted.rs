//! Sorted results (RFC 7644 §3.4.2.3).
//!
//! Every match is looked at once, in chunks, and only its key and id are kept; the page is cut from the sorted keys and read
//! then. The cost grows with the number of matches, as a sort must, and not with the size of the resources in memory.

use enroll_scim::ScimError;
use enroll_scim::sort::{Sort, SortKey, SortOrder};
use enroll_store::Tx;
use enroll_store::user::Page;
use serde_json::Value;

use super::ResourceKind;
use super::cursor::{KEY_BYTES, Place, Position};
use super::list::{Found, Part, Query, Start};
use super::rows::verdicts;
use crate::Error;

/// A match. Without a key, and between equal keys, types and ids decide.
struct Match {
    key: Option<SortKey>,
    place: Place,
}

/// The same order, where it is one that this server can give.
///
/// # Errors
/// 400 `invalidValue` for `members` of a group and `groups` of a user: sets have no first element, and reading all of them has no
/// bound.
pub(super) fn allowed(kind: &ResourceKind, sort: Sort) -> Result<Sort, ScimError> {
    match (kind, sort.attribute()) {
        (ResourceKind::Group, Some(name @ "members")) | (ResourceKind::User, Some(name @ "groups")) => {
            Err(ScimError::invalid_value(format!(
                "sortBy: {name} is a set and has no order; sort by another attribute"
            )))
        }
        _ => Ok(sort),
    }
}

/// A page of the sorted results of all queries, and how many results there are.
pub(super) fn page(tx: &Tx<'_>, queries: &[Query], order: SortOrder, part: &Part) -> Result<Found, Error> {
    let mut matches = Vec::new();
    for (kind, query) in queries.iter().enumerate() {
        collect(tx, kind, query, &mut matches)?;
    }
    matches.sort_unstable_by(|left, right| {
        order.compare(left.key.as_ref(), right.key.as_ref()).then_with(|| left.place.cmp(&right.place))
    });
    let first = match &part.start {
        Start::Skip(skip) => usize::try_from(*skip).unwrap_or(usize::MAX),
        Start::After(None) => 0,
        Start::After(Some(position)) => behind(&matches, order, position),
    };
    let limit = usize::try_from(part.limit).unwrap_or(usize::MAX);
    let shown: Vec<&Match> = matches.iter().skip(first).take(limit).collect();
    let mut resources = Vec::new();
    for found in &shown {
        resources.extend(read(tx, queries, found.place)?);
    }
    let more = first.saturating_add(shown.len()) < matches.len();
    let last = shown
        .last()
        .filter(|_| more)
        .map(|last| Position { place: last.place, key: last.key.as_ref().map(|key| key.cut(KEY_BYTES)) });
    Ok(Found { resources, total: matches.len() as u64, last })
}

/// Where the matches begin that come after a position. What it was made of may have been changed or deleted since: nothing that
/// stayed where it was is left out.
fn behind(matches: &[Match], order: SortOrder, position: &Position) -> usize {
    let compared = |found: &Match| {
        order.compare(found.key.as_ref().map(|key| key.cut(KEY_BYTES)).as_ref(), position.key.as_ref())
    };
    let start = matches.partition_point(|found| compared(found).is_lt());
    let alike = &matches[start..matches.partition_point(|found| compared(found).is_le())];
    let is_whole = |key: &SortKey| key.text_bytes() + char::MAX_LEN_UTF8 <= KEY_BYTES;
    match alike.iter().position(|found| found.place == position.place) {
        Some(place) => start + place + 1,
        None if position.key.as_ref().is_none_or(is_whole) => {
            start + alike.partition_point(|found| found.place < position.place)
        }
        // Those that are alike up to the cut are not in the order of ids: rather some of them twice than one of them never.
        None => start,
    }
}

/// Adds what meets one query.
fn collect(tx: &Tx<'_>, kind: usize, query: &Query, matches: &mut Vec<Match>) -> Result<(), Error> {
    query.search(tx, Page::After { after: None, limit: 0 }, |ids, representations| {
        let verdicts = match query.undecided() {
            Some(filter) => verdicts(filter, representations),
            None => vec![true; ids.len()],
        };
        for ((id, representation), _) in
            ids.into_iter().zip(representations).zip(&verdicts).filter(|(_, verdict)| **verdict)
        {
            let key = query.sort.as_ref().zip(representation.as_object());
            matches.push(Match {
                key: key.and_then(|(sort, object)| sort.key(object)),
                place: Place { kind, id },
            });
        }
        verdicts
    })?;
    Ok(())
}

/// The resource as its query shows it.
fn read(tx: &Tx<'_>, queries: &[Query], place: Place) -> Result<Vec<Value>, Error> {
    match queries.get(place.kind) {
        Some(query) => query.read(tx, place.id),
        None => Ok(Vec::new()),
    }
}
