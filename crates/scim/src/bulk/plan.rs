//! In which order the operations of a bulk request are carried out (RFC 7644 §3.7, §3.7.1, §3.7.2).
//!
//! In the order of the request, except that an operation waits for the POSTs it refers to: nothing is moved ahead, so what
//! an operation finds is what it would have found in order. What waits holds up the later operations on the same resource,
//! and a DELETE waits for the earlier operations that name its resource. POSTs that refer to each other in a circle come as
//! one batch.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};

use super::components::components;
use super::operation::{Action, Operation};
use super::references::referred;
use super::request::{BulkRequest, Entry};
use crate::ScimError;
use crate::validate::shown;

/// A bulk request with the order in which it is carried out.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// How many errors end the request.
    pub fail_on_errors: Option<u64>,
    /// The operations, in the order of the request.
    pub entries: Vec<Entry>,
    /// For each operation, the POSTs that it refers to. One that could not be read is no POST that will succeed.
    pub references: Vec<Vec<usize>>,
    /// Every operation once. A batch of several is a circle of POSTs, which can only be carried out together.
    pub batches: Vec<Vec<usize>>,
    named: Named,
}

impl Plan {
    pub(super) fn of(request: BulkRequest) -> Self {
        let BulkRequest { fail_on_errors, mut entries } = request;
        let named = Named::by_bulk_id(&entries);
        let deleted: HashSet<String> = entries.iter().filter_map(deleted).map(str::to_owned).collect();
        let mut references = Vec::with_capacity(entries.len());
        let mut mentions = Vec::with_capacity(entries.len());
        for (index, entry) in entries.iter_mut().enumerate() {
            let found = match &entry.operation {
                Ok(operation) => Found::read(operation, index, &named, &deleted),
                Err(_) => Ok(Found::default()),
            };
            let found = found.unwrap_or_else(|error| {
                entry.operation = Err(error);
                Found::default()
            });
            references.push(found.references);
            mentions.push(found.mentions);
        }
        let edges = edges(&entries, &references, &mentions);
        let batches = batches(&edges);
        Self { fail_on_errors, entries, references, batches, named }
    }

    /// The POST that a bulkId stands for, by its place in the request.
    pub fn post(&self, bulk_id: &str) -> Option<usize> {
        self.named.0.get(bulk_id).copied()
    }
}

/// Where each bulkId was given first.
#[derive(Debug, Clone, PartialEq)]
struct Named(HashMap<String, usize>);

impl Named {
    /// Operations other than POST make nothing that could be referred to. One that cannot be read may have been a POST.
    fn by_bulk_id(entries: &[Entry]) -> Self {
        let mut named = HashMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let refers = match &entry.operation {
                Ok(operation) => matches!(operation.action, Action::Post(_)),
                Err(_) => true,
            };
            if let Some(bulk_id) = &entry.bulk_id
                && refers
            {
                named.entry(bulk_id.clone()).or_insert(index);
            }
        }
        Self(named)
    }
}

/// What an operation names.
#[derive(Default)]
struct Found {
    references: Vec<usize>,
    /// Resources that an operation of the request deletes.
    mentions: HashSet<String>,
}

impl Found {
    fn read(
        operation: &Operation,
        index: usize,
        named: &Named,
        deleted: &HashSet<String>,
    ) -> Result<Self, ScimError> {
        let mut seen = HashSet::new();
        let mut found = Self::default();
        let mut refused = None;
        operation.each_text(&mut |text| {
            let is_deleted = deleted.contains(text);
            let Some(bulk_id) = referred(text) else {
                if is_deleted {
                    found.mentions.insert(text.to_owned());
                }
                return;
            };
            match named.0.get(bulk_id) {
                Some(&post) if post == index => refused = refused.take().or(Some(itself(bulk_id))),
                Some(&post) if seen.insert(post) => {
                    found.references.push(post);
                    if is_deleted {
                        found.mentions.insert(text.to_owned());
                    }
                }
                Some(_) => {}
                None => refused = refused.take().or(Some(unknown(bulk_id))),
            }
        });
        refused.map_or(Ok(found), Err)
    }
}

fn itself(bulk_id: &str) -> ScimError {
    let detail = format!(
        "the operation refers to itself as bulkId:{}: a resource cannot be named before it is there",
        shown(bulk_id)
    );
    ScimError::new(409, detail)
}

fn unknown(bulk_id: &str) -> ScimError {
    let detail = format!("no POST of this request has the bulkId {:?}", shown(bulk_id));
    ScimError::new(409, detail)
}

fn deleted(entry: &Entry) -> Option<&str> {
    match &entry.operation.as_ref().ok()?.action {
        Action::Delete(id) => Some(id),
        _ => None,
    }
}

/// For each operation, those that have to be carried out before. A POST waits for POSTs only, and everything else for POSTs
/// and for earlier operations: only POSTs can form a circle.
fn edges(entries: &[Entry], references: &[Vec<usize>], mentions: &[HashSet<String>]) -> Vec<Vec<usize>> {
    let mut edges = references.to_vec();
    let mut last: HashMap<&str, usize> = HashMap::new();
    let mut last_delete: HashMap<&str, usize> = HashMap::new();
    let mut mentioned: HashMap<&str, Vec<usize>> = HashMap::new();
    for (index, (entry, before)) in entries.iter().zip(&mut edges).enumerate() {
        let Ok(operation) = &entry.operation else { continue };
        let target = operation.action.id();
        for mention in mentions.get(index).into_iter().flatten().map(String::as_str) {
            if target == Some(mention) {
                continue;
            }
            if target.is_some() {
                before.extend(last_delete.get(mention));
            }
            mentioned.entry(mention).or_default().push(index);
        }
        let Some(target) = target else { continue };
        before.extend(last.insert(target, index));
        if let Action::Delete(_) = operation.action {
            before.extend(mentioned.remove(target).unwrap_or_default());
            last_delete.insert(target, index);
        }
    }
    edges
}

/// The components of the graph, each when what it waits for is done, and of those that could be next the one whose last
/// operation comes first in the request.
fn batches(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let component = components(edges);
    let count = component.iter().max().map_or(0, |last| last + 1);
    let mut batches = vec![Vec::new(); count];
    for (node, &own) in component.iter().enumerate() {
        if let Some(batch) = batches.get_mut(own) {
            batch.push(node);
        }
    }
    let mut waits = vec![0_usize; count];
    let mut followers = vec![Vec::new(); count];
    for (&own, before) in component.iter().zip(edges) {
        for other in
            before.iter().filter_map(|&node| component.get(node).copied()).filter(|&other| other != own)
        {
            if let (Some(waits), Some(followers)) = (waits.get_mut(own), followers.get_mut(other)) {
                *waits += 1;
                followers.push(own);
            }
        }
    }
    let key = |own: usize| Reverse((batches.get(own).and_then(|batch| batch.last().copied()), own));
    let free = waits.iter().enumerate().filter(|(_, waits)| **waits == 0);
    let mut ready: BinaryHeap<_> = free.map(|(own, _)| key(own)).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(Reverse((_, own))) = ready.pop() {
        order.push(own);
        for &follower in followers.get(own).into_iter().flatten() {
            if let Some(waits) = waits.get_mut(follower) {
                *waits -= 1;
                if *waits == 0 {
                    ready.push(key(follower));
                }
            }
        }
    }
    order.into_iter().filter_map(|own| batches.get_mut(own).map(std::mem::take)).collect()
}
