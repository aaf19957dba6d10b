//! What a run of the tests said.

use std::collections::BTreeMap;

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// As it should.
    Passed,
    /// It was not run.
    Skipped,
    /// It failed.
    Failed,
}

/// The module of tests that set a check on a server with a fault: what they carry is the id of the fact that the check is about,
/// and they prove nothing of our own server.
const FAULTY: &str = "faulty";

/// The tests of a run by their names, without their crates. Of several tests with one name the worst outcome counts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Results(BTreeMap<String, Outcome>);

/// The record of a run cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ResultsError {
    /// It begins as XML and is none.
    #[error("the JUnit report cannot be read: {0}")]
    Xml(#[from] roxmltree::Error),
    /// There is no test in it.
    #[error("no test in it: is it the JUnit report of cargo-nextest, or what cargo test printed?")]
    Empty,
}

impl Results {
    /// Reads the JUnit report that cargo-nextest writes, or what `cargo test` printed.
    ///
    /// # Errors
    /// It is neither.
    pub fn parse(text: &str) -> Result<Self, ResultsError> {
        let results =
            if text.trim_start().starts_with('<') { Self::junit(text)? } else { Self::printed(text) };
        if results.0.is_empty() { Err(ResultsError::Empty) } else { Ok(results) }
    }

    /// The names with their outcomes.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Outcome)> {
        self.0.iter().map(|(name, outcome)| (name.as_str(), *outcome))
    }

    fn junit(text: &str) -> Result<Self, ResultsError> {
        let mut results = Self::default();
        let document = roxmltree::Document::parse(text)?;
        for case in document.descendants().filter(|node| node.has_tag_name("testcase")) {
            let has = |tag| case.children().any(|child| child.has_tag_name(tag));
            let outcome = if has("failure") || has("error") {
                Outcome::Failed
            } else if has("skipped") {
                Outcome::Skipped
            } else {
                Outcome::Passed
            };
            results.add(case.attribute("name").unwrap_or_default(), outcome);
        }
        Ok(results)
    }

    fn printed(text: &str) -> Self {
        let mut results = Self::default();
        for line in text.lines() {
            let Some((name, said)) = line.strip_prefix("test ").and_then(|line| line.split_once(" ... "))
            else {
                continue;
            };
            // `test name - should panic ... ok`
            let name = name.split_once(" - ").map_or(name, |(name, _)| name);
            let outcome = match said.split([' ', ',']).next() {
                Some("ok") => Outcome::Passed,
                Some("ignored") => Outcome::Skipped,
                _ => Outcome::Failed,
            };
            results.add(name, outcome);
        }
        results
    }

    fn add(&mut self, name: &str, outcome: Outcome) {
        let mut segments = name.rsplit("::");
        let name = segments.next().unwrap_or(name);
        if segments.any(|module| module == FAULTY) {
            return;
        }
        let known = self.0.entry(name.to_owned()).or_insert(outcome);
        *known = (*known).max(outcome);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(String, Outcome)> {
        Results::parse(text).unwrap().iter().map(|(name, outcome)| (name.to_owned(), outcome)).collect()
    }

    #[test]
    fn the_report_of_nextest_is_read() {
        let report = r#"<?xml version="1.0" encoding="UTF-8"?>
            <testsuites name="nextest-run" tests="3">
              <testsuite name="enroll-scim::sort" tests="3">
                <testcase name="inner::a1_good" classname="enroll-scim::sort" time="0.006"/>
                <testcase name="a2_bad" classname="enroll-scim::sort"><failure type="test failure">&lt;why&gt;</failure></testcase>
                <testcase name="a3_left_out" classname="x"><skipped/></testcase>
              </testsuite>
            </testsuites>"#;
        assert_eq!(
            read(report),
            [
                ("a1_good".to_owned(), Outcome::Passed),
                ("a2_bad".to_owned(), Outcome::Failed),
                ("a3_left_out".to_owned(), Outcome::Skipped),
            ]
        );
    }

    #[test]
    fn what_cargo_test_prints_is_read() {
        let printed = "\nrunning 4 tests\ntest inner::a1_good ... ok\ntest a2_bad ... FAILED\n\
            test a3_left_out ... ignored, too slow\ntest a4_panics - should panic ... ok\n\ntest result: FAILED. 1 passed;\n";
        assert_eq!(
            read(printed),
            [
                ("a1_good".to_owned(), Outcome::Passed),
                ("a2_bad".to_owned(), Outcome::Failed),
                ("a3_left_out".to_owned(), Outcome::Skipped),
                ("a4_panics".to_owned(), Outcome::Passed),
            ]
        );
    }

    #[test]
    fn of_two_tests_with_one_name_the_worse_counts() {
        assert_eq!(read("test a::x ... FAILED\ntest b::x ... ok\n"), [("x".to_owned(), Outcome::Failed)]);
    }

    #[test]
    fn tests_of_checks_on_faulty_servers_are_left_out() {
        assert_eq!(
            read("test faulty::a1_x ... ok\ntest own::a2_y ... ok\n"),
            [("a2_y".to_owned(), Outcome::Passed)]
        );
    }

    #[test]
    fn what_holds_no_test_is_an_error() {
        for text in ["", "error: could not compile", "<testsuites/>", "<testsuites>"] {
            assert!(Results::parse(text).is_err(), "{text:?}");
        }
    }
}
