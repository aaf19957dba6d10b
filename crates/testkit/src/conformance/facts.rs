//! The list of facts.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::{FactId, OtherLists};

/// How binding a fact is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// MUST of the RFC.
    Must,
    /// SHOULD of the RFC.
    Should,
    /// Optional; offered, it has to be so.
    May,
    /// Settled by an erratum.
    Erratum,
    /// The RFC leaves it open.
    Reading,
}

/// One fact about how a SCIM server behaves, that a test can prove.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// How binding it is.
    pub level: Level,
    /// Where it stands: RFC, section, erratum.
    pub rfc: String,
    /// The fact in one line.
    pub fact: String,
    /// Why there is no test yet, or why the server does otherwise.
    pub open: Option<String>,
    /// Why there cannot be a test.
    pub not_applicable: Option<String>,
    /// What the tests leave unproven.
    pub partly: Option<String>,
}

/// Facts that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// What they are about.
    pub title: String,
    /// In the order of their numbers.
    pub facts: BTreeMap<FactId, Fact>,
}

/// All facts.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Lists beside this one whose rows tests name.
    pub other_lists: OtherLists,
    /// The sections in their order.
    #[serde(rename = "section")]
    pub sections: Vec<Section>,
}

/// The list is not usable.
#[derive(Debug, thiserror::Error)]
pub enum FactsError {
    /// It is no TOML, or has other members than it may.
    #[error(transparent)]
    Syntax(#[from] toml::de::Error),
    /// An id stands in two sections.
    #[error("{0} is listed twice")]
    Twice(FactId),
    /// A fact has more than one of `open`, `not_applicable` and `partly`.
    #[error("{0} has more than one reason: keep one of open, not_applicable, partly")]
    Reasons(FactId),
}

impl Facts {
    /// Reads the list.
    ///
    /// # Errors
    /// See [`FactsError`].
    pub fn parse(text: &str) -> Result<Self, FactsError> {
        let facts: Self = toml::from_str(text)?;
        let mut seen = BTreeSet::new();
        for (id, fact) in facts.iter() {
            if !seen.insert(id) {
                return Err(FactsError::Twice(id.clone()));
            }
            let reasons = [&fact.open, &fact.not_applicable, &fact.partly];
            if reasons.iter().filter(|reason| reason.is_some()).count() > 1 {
                return Err(FactsError::Reasons(id.clone()));
            }
        }
        Ok(facts)
    }

    /// Every fact, section by section.
    pub fn iter(&self) -> impl Iterator<Item = (&FactId, &Fact)> {
        self.sections.iter().flat_map(|section| &section.facts)
    }

    /// The fact with this id.
    pub fn get(&self, id: &FactId) -> Option<&Fact> {
        self.sections.iter().find_map(|section| section.facts.get(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(facts: &str) -> String {
        format!("[other_lists]\n[[section]]\ntitle = \"S\"\n[section.facts]\n{facts}\n")
    }

    #[test]
    fn a_fact_has_at_most_one_reason() {
        let twice = list("A1 = { level = 'must', rfc = 'x', fact = 'x', open = 'x', partly = 'y' }");
        assert!(matches!(Facts::parse(&twice), Err(FactsError::Reasons(_))));
    }

    #[test]
    fn an_id_stands_once() {
        let one = "A1 = { level = 'must', rfc = 'x', fact = 'x' }";
        let again = format!("{}[[section]]\ntitle = 'T'\n[section.facts]\n{one}", list(one));
        assert!(matches!(Facts::parse(&again), Err(FactsError::Twice(_))));
    }

    #[test]
    fn members_that_are_misspelt_are_refused() {
        let wrong = list("A1 = { level = 'must', rfc = 'x', fact = 'x', opn = 'x' }");
        assert!(matches!(Facts::parse(&wrong), Err(FactsError::Syntax(_))));
    }
}
