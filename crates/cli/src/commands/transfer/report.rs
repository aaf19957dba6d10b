//! What came of an import, counted.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::process::ExitCode;

use serde::Serialize;
use serde_json::Value;

use crate::api::text;
use crate::exit;
use crate::output::table;

/// Lines with a reason that are shown; all of them with `--json`.
const SHOWN: usize = 50;

/// Characters of a name that are shown.
const NAME: usize = 80;

/// A name as messages have it: what is longer than any name is cut.
pub(super) fn short(name: &str) -> Cow<'_, str> {
    match name.char_indices().nth(NAME) {
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default()).into(),
        None => name.into(),
    }
}

/// The types in the order of a file, with what people call them.
const KINDS: [(&str, &str); 9] = [
    ("organization", "organizations"),
    ("resource", "resources"),
    ("user", "users"),
    ("grant", "grants"),
    ("manager", "managers"),
    ("group", "groups"),
    ("members", "members of groups"),
    ("mapping", "mappings"),
    ("defaultEnrollment", "default enrollment"),
];

/// How many lines of a type.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct Outcomes {
    pub(super) made: u64,
    pub(super) changed: u64,
    pub(super) same: u64,
    pub(super) refused: u64,
}

/// A line that was refused, or not taken whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Told {
    pub(super) line: u64,
    #[serde(rename = "type")]
    kind: String,
    pub(super) name: String,
    pub(super) detail: String,
}

/// What came of all lines.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Report {
    dry_run: bool,
    pub(super) counts: BTreeMap<String, Outcomes>,
    pub(super) refused: Vec<Told>,
    /// What is to be known of objects that were imported: what was left out of them, or does not come right by itself.
    notes: Vec<Told>,
}

impl Report {
    pub(super) fn new(dry_run: bool) -> Self {
        Self { dry_run, ..Self::default() }
    }

    /// Counts a line of an answer.
    pub(super) fn add(&mut self, number: u64, line: &Value) {
        let counts = self.counts.entry(text(line, "type")).or_default();
        let outcome = text(line, "outcome");
        let (name, detail) = (text(line, "name"), text(line, "detail"));
        let told = Told { line: number, kind: text(line, "type"), name, detail };
        match outcome.as_str() {
            "made" => counts.made += 1,
            "changed" => counts.changed += 1,
            "same" => counts.same += 1,
            _ => {
                counts.refused += 1;
                self.refused.push(told);
                return;
            }
        }
        if !told.detail.is_empty() {
            self.notes.push(told);
        }
    }

    /// Whether everything could be imported.
    pub(super) fn is_clean(&self) -> bool {
        self.refused.is_empty()
    }

    /// Whether everything could be imported, for programs.
    pub(super) fn exit_code(&self) -> ExitCode {
        if self.is_clean() { ExitCode::SUCCESS } else { ExitCode::from(exit::ANSWERED_NO) }
    }

    /// For people.
    pub(super) fn to_text(&self) -> String {
        let heads = if self.dry_run {
            ["", "TO BE MADE", "TO BE CHANGED", "SAME", "REFUSED"]
        } else {
            ["", "MADE", "CHANGED", "SAME", "REFUSED"]
        };
        let row = |(kind, called): &(&str, &str)| {
            let counts = self.counts.get(*kind)?;
            let Outcomes { made, changed, same, refused } = counts;
            Some([
                (*called).to_owned(),
                made.to_string(),
                changed.to_string(),
                same.to_string(),
                refused.to_string(),
            ])
        };
        let mut shown = table(heads, KINDS.iter().filter_map(row).collect(), "Nothing to import.");
        for (title, list) in [("Refused:", &self.refused), ("Noted:", &self.notes)] {
            if list.is_empty() {
                continue;
            }
            shown.push_str(&format!("\n\n{title}"));
            for Told { line, kind, name, detail } in list.iter().take(SHOWN) {
                shown.push_str(&format!("\n  line {line} ({kind} {}): {detail}", short(name)));
            }
            if list.len() > SHOWN {
                shown.push_str(&format!("\n  and {} more: --json has all", list.len() - SHOWN));
            }
        }
        shown
    }
}
