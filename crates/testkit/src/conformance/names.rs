//! The ids that a test's name carries.

use std::collections::BTreeMap;

use super::{FactId, Facts};

/// Other lists that tests name rows of: for each list's word the largest number of each of its sections.
pub type OtherLists = BTreeMap<String, BTreeMap<String, u16>>;

/// A test names an id that no list has.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{test} names {id}, which is no fact of the list{}", .word.as_ref().map(|word| format!(" {word}")).unwrap_or_default())]
pub struct UnknownId {
    /// The name of the test.
    pub test: String,
    /// The list that the name says, when it says one.
    pub word: Option<String>,
    /// The id.
    pub id: FactId,
}

/// The facts that a test proves: the ids at the start of its name, without its modules.
///
/// The rule, segment by segment up to the first ordinary word:
/// - `a21` is fact A21;
/// - `threat_s5` is row S5 of the list of threats, for every word that [`Facts::other_lists`] knows, and no fact;
/// - `s10` alone is also a row of another list when there is no fact of that number;
/// - `e3_7` is section 3.7 of the enrollment rules, and no fact.
///
/// Tests in a module `faulty` are no part of the results.
///
/// # Errors
/// An id that neither the facts nor the other lists have.
pub fn ids_of(test: &str, facts: &Facts) -> Result<Vec<FactId>, UnknownId> {
    let name = test.rsplit("::").next().unwrap_or(test);
    let mut segments = name.split('_').peekable();
    let mut ids = Vec::new();
    while let Some(segment) = segments.next() {
        let word = facts.other_lists.contains_key(segment).then(|| segment.to_owned());
        let candidate = if word.is_some() { segments.peek().copied().unwrap_or_default() } else { segment };
        let Some(id) = FactId::of_segment(candidate) else { break };
        if word.is_some() {
            segments.next();
        } else if is_section_of_enrollment(&id, segments.peek().copied()) {
            segments.next();
            continue;
        } else if facts.get(&id).is_some() {
            ids.push(id);
            continue;
        }
        let mut lists = facts
            .other_lists
            .iter()
            .filter(|(list, _)| word.as_ref().is_none_or(|word| *list == word))
            .map(|(_, rows)| rows);
        if !lists.any(|rows| rows.get(&id.section).is_some_and(|last| id.number <= *last)) {
            return Err(UnknownId { test: test.to_owned(), word, id });
        }
    }
    Ok(ids)
}

/// Whether the id and what follows are a section such as `e3_7`.
fn is_section_of_enrollment(id: &FactId, next: Option<&str>) -> bool {
    id.section == "E"
        && next.is_some_and(|next| !next.is_empty() && next.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Facts {
        Facts::parse(
            r#"
            [other_lists]
            threat = { S = 45 }
            wire = { E = 25 }
            [[section]]
            title = "Some"
            [section.facts]
            A21 = { level = "must", rfc = "x", fact = "x" }
            E3 = { level = "must", rfc = "x", fact = "x" }
            S5 = { level = "must", rfc = "x", fact = "x" }
            "#,
        )
        .unwrap()
    }

    fn ids(test: &str) -> Result<Vec<String>, String> {
        match ids_of(test, &facts()) {
            Ok(ids) => Ok(ids.iter().map(ToString::to_string).collect()),
            Err(unknown) => Err(unknown.to_string()),
        }
    }

    #[test]
    fn ids_stand_at_the_start_of_a_name() {
        for (test, expected) in [
            ("a21_schemas_are_checked", vec!["A21"]),
            ("module::inner::a21_s5_both", vec!["A21", "S5"]),
            ("a_test_about_a21_is_none", vec![]),
            ("s5_a21", vec!["S5", "A21"]),
            ("no_id_at_all", vec![]),
        ] {
            assert_eq!(ids(test).unwrap(), expected, "{test}");
        }
    }

    #[test]
    fn rows_of_other_lists_are_no_facts() {
        for (test, expected) in [
            ("threat_s5_another_directory", vec![]),
            ("a21_threat_s5_e25_s40_all", vec!["A21"]),
            ("e3_7_names_are_folded", vec![]),
            ("e3_10_a_path", vec![]),
            ("e3_a_manager", vec!["E3"]),
            ("s45_the_last_row", vec![]),
            ("wire_is_a_word_too", vec![]),
        ] {
            assert_eq!(ids(test).unwrap(), expected, "{test}");
        }
    }

    #[test]
    fn an_id_that_no_list_has_is_an_error() {
        for test in ["a22_unknown", "a21_s46_unknown", "threat_e25_not_there", "b1_x"] {
            assert!(ids(test).is_err(), "{test}");
        }
    }
}
