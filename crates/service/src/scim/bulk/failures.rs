//! Which operations of a bulk request have failed: the answer as a whole is 200 all the same (RFC 7644 §3.7.3), so whoever keeps
//! requests would not see it.

use enroll_scim::ScimType;
use enroll_scim::bulk::{OperationResult, Plan};

/// Failed operations that are told one by one.
const FIRST: usize = 20;

/// Longest text of one of them.
const CHARACTERS: usize = 256;

/// The failed operations of a bulk request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedOperations {
    /// How many operations were carried out or refused.
    pub of: usize,
    /// How many have failed.
    pub count: usize,
    /// The first of them.
    pub first: Vec<FailedOperation>,
}

/// A failed operation of a bulk request. Texts that a client has chosen are cut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedOperation {
    /// Its place in the request, from 1.
    pub number: usize,
    /// `method`
    pub method: Option<String>,
    /// `path`
    pub path: Option<String>,
    /// `bulkId`
    pub bulk_id: Option<String>,
    /// The name of the user or group, where the operation has it.
    pub name: Option<String>,
    /// The status of its result.
    pub status: u16,
    /// The keyword of its error.
    pub scim_type: Option<ScimType>,
    /// The sentence of its error.
    pub detail: String,
}

impl FailedOperations {
    /// Those among the results of a plan, which are in the order of its entries; `None` when none has failed.
    pub(super) fn of(plan: &Plan, results: &[Option<OperationResult>]) -> Option<Self> {
        let mut failed = Self { of: 0, count: 0, first: Vec::new() };
        for (number, (entry, result)) in (1..).zip(plan.entries.iter().zip(results)) {
            let Some(result) = result else { continue };
            failed.of += 1;
            if let Err(error) = &result.outcome {
                failed.count += 1;
                if failed.first.len() < FIRST {
                    failed.first.push(FailedOperation {
                        number,
                        method: entry.method.clone(),
                        path: entry.path.as_deref().map(cut),
                        bulk_id: entry.bulk_id.as_deref().map(cut),
                        name: entry.name.as_deref().map(cut),
                        status: error.status(),
                        scim_type: error.scim_type(),
                        detail: cut(error.detail()),
                    });
                }
            }
        }
        (failed.count > 0).then_some(failed)
    }
}

fn cut(text: &str) -> String {
    text.chars().take(CHARACTERS).collect()
}
