//! Facts joined with the tests that carry their ids.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fact, FactId, Facts, Outcome, Results, UnknownId, ids_of};

/// Where a fact stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Tests prove it.
    Tested,
    /// Tests prove a part of it; the rest is named.
    Partly,
    /// It is to be done.
    Open,
    /// There is nothing to test.
    NotApplicable,
}

/// Facts, and for each the tests that passed.
#[derive(Debug, Clone)]
pub struct Traced<'a> {
    /// The list.
    pub facts: &'a Facts,
    tests: BTreeMap<&'a FactId, BTreeSet<&'a str>>,
    unknown: Vec<UnknownId>,
    failed: Vec<(&'a str, FactId)>,
}

/// Something between facts and tests that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// A test names an id that is not there.
    #[error(transparent)]
    Unknown(#[from] UnknownId),
    /// A test that carries the id failed.
    #[error("{id}: its test {test} failed")]
    Failed {
        /// The fact.
        id: FactId,
        /// The name of the test.
        test: String,
    },
    /// A fact has neither a test nor a reason.
    #[error("{0} has neither a test that carries its id nor a reason why not")]
    Untested(FactId),
    /// A fact has a reason to have no test, and has one.
    #[error("{0} has a test: take `open` or `not_applicable` away, or say in `partly` what is missing")]
    Settled(FactId),
    /// A fact is partly tested, by no test.
    #[error("{0} is said to be partly tested, and no test carries its id")]
    NoPart(FactId),
}

impl<'a> Traced<'a> {
    /// Joins the two.
    pub fn new(facts: &'a Facts, results: &'a Results) -> Self {
        let known: BTreeMap<&FactId, &'a FactId> = facts.iter().map(|(id, _)| (id, id)).collect();
        let mut traced = Self { facts, tests: BTreeMap::new(), unknown: Vec::new(), failed: Vec::new() };
        for (test, outcome) in results.iter() {
            match ids_of(test, facts) {
                Err(unknown) => traced.unknown.push(unknown),
                Ok(ids) => {
                    for id in ids {
                        match (outcome, known.get(&id)) {
                            (Outcome::Passed, Some(id)) => {
                                traced.tests.entry(id).or_default().insert(test);
                            }
                            (Outcome::Failed, _) => traced.failed.push((test, id)),
                            _ => {}
                        }
                    }
                }
            }
        }
        traced
    }

    /// The tests that prove the fact, by name.
    pub fn tests(&self, id: &FactId) -> impl Iterator<Item = &'a str> {
        self.tests.get(id).into_iter().flatten().copied()
    }

    /// Where the fact stands, and why when it is not simply tested.
    pub fn state<'f>(&self, id: &FactId, fact: &'f Fact) -> (State, Option<&'f str>) {
        if let Some(reason) = &fact.not_applicable {
            (State::NotApplicable, Some(reason))
        } else if let Some(reason) = &fact.open {
            (State::Open, Some(reason))
        } else if let Some(missing) = &fact.partly {
            (State::Partly, Some(missing))
        } else if self.tests.contains_key(id) {
            (State::Tested, None)
        } else {
            (State::Open, Some("no test carries its id"))
        }
    }

    /// Everything that does not fit.
    pub fn mismatches(&self) -> Vec<Mismatch> {
        let mut found: Vec<Mismatch> = self.unknown.iter().cloned().map(Mismatch::Unknown).collect();
        found.extend(
            self.failed
                .iter()
                .map(|(test, id)| Mismatch::Failed { id: id.clone(), test: (*test).to_owned() }),
        );
        for (id, fact) in self.facts.iter() {
            let tested = self.tests.contains_key(id);
            let reason = fact.open.is_some() || fact.not_applicable.is_some();
            if reason && tested {
                found.push(Mismatch::Settled(id.clone()));
            } else if fact.partly.is_some() && !tested {
                found.push(Mismatch::NoPart(id.clone()));
            } else if !reason && !tested {
                found.push(Mismatch::Untested(id.clone()));
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FACTS: &str = r#"
        [other_lists]
        threat = { S = 45 }
        [[section]]
        title = "Some"
        [section.facts]
        A1 = { level = "must", rfc = "x", fact = "x" }
        A2 = { level = "must", rfc = "x", fact = "x", open = "later" }
        A3 = { level = "must", rfc = "x", fact = "x", partly = "half" }
    "#;

    fn mismatches(printed: &str) -> Vec<String> {
        let facts = Facts::parse(FACTS).unwrap();
        let results = Results::parse(printed).unwrap();
        Traced::new(&facts, &results).mismatches().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn tests_and_reasons_for_all_are_in_order() {
        assert_eq!(mismatches("test a1_x ... ok\ntest a3_threat_s5_y ... ok\n"), Vec::<String>::new());
    }

    #[test]
    fn a_fact_without_test_or_reason_is_found_skipped_and_failed_tests_do_not_count() {
        for printed in ["test a3_x ... ok\n", "test a3_x ... ok\ntest a1_x ... ignored\n"] {
            assert_eq!(
                mismatches(printed),
                ["A1 has neither a test that carries its id nor a reason why not"],
                "{printed}"
            );
        }
        let failed = mismatches("test a3_x ... ok\ntest a1_x ... FAILED\n");
        assert_eq!(failed[0], "A1: its test a1_x failed");
    }

    #[test]
    fn a_reason_beside_a_test_is_found() {
        let both = mismatches("test a1_a2_a3_x ... ok\n");
        assert_eq!(both.len(), 1);
        assert!(both[0].starts_with("A2 has a test"), "{both:?}");
    }

    #[test]
    fn a_part_needs_a_test() {
        assert_eq!(
            mismatches("test a1_x ... ok\n"),
            ["A3 is said to be partly tested, and no test carries its id"]
        );
    }

    #[test]
    fn an_unknown_id_is_found() {
        let unknown = mismatches("test a1_a3_x ... ok\ntest a9_x ... ok\n");
        assert_eq!(unknown, ["a9_x names A9, which is no fact of the list"]);
    }
}
