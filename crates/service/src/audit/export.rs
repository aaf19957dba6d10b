//! The trail as files: JSON Lines, and CSV for spreadsheets (enrollment.md §6.4).

use enroll_domain::audit::Entry;
use enroll_store::audit::Chained;

use crate::Error;

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditFormat {
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated values with a header (RFC 4180).
    Csv,
}

const HEADER: [&str; 15] = [
    "sequence",
    "time",
    "actorKind",
    "actorId",
    "actor",
    "action",
    "subjectKind",
    "subjectId",
    "subject",
    "directory",
    "changes",
    "requestId",
    "address",
    "userAgent",
    "hash",
];

impl AuditFormat {
    /// What stands before the first entry.
    pub fn header(self) -> String {
        match self {
            Self::JsonLines => String::new(),
            Self::Csv => csv_line(HEADER),
        }
    }

    /// An entry as a line.
    ///
    /// # Errors
    /// [`Error::Internal`] for an entry that cannot be written as JSON.
    pub fn line(self, entry: &Chained) -> Result<String, Error> {
        match self {
            Self::JsonLines => serde_json::to_string(entry)
                .map(|line| line + "\n")
                .map_err(|error| Error::Internal(format!("an audit entry cannot be written: {error}"))),
            Self::Csv => Ok(csv(entry)),
        }
    }
}

fn csv(Chained { entry, hash }: &Chained) -> String {
    let Entry { sequence, time, actor_kind, actor_id, actor, action, origin, .. } = entry;
    csv_line([
        &sequence.to_string(),
        &time.to_string(),
        actor_kind,
        actor_id.as_deref().unwrap_or_default(),
        actor,
        action,
        &entry.subject_kind,
        &entry.subject_id,
        &entry.subject,
        entry.directory.as_deref().unwrap_or_default(),
        &entry.changes,
        origin.request_id.as_deref().unwrap_or_default(),
        origin.address.as_deref().unwrap_or_default(),
        origin.user_agent.as_deref().unwrap_or_default(),
        &hash.to_string(),
    ])
}

/// A line as RFC 4180 has it. A spreadsheet would carry out a cell that begins like a formula, and anybody can be called
/// `=HYPERLINK(...)`: such a cell gets an apostrophe in front (threat S37).
fn csv_line<const N: usize>(cells: [&str; N]) -> String {
    let cell = |text: &str| {
        let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
        format!("\"{}{}\"", if formula { "'" } else { "" }, text.replace('"', "\"\""))
    };
    cells.map(cell).join(",") + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::csv_line;

    #[test]
    fn threat_s37_a_cell_is_quoted_and_is_no_formula() {
        let line = csv_line(["a \"b\", c\nd", "=1+1", "@x", "+1", "-1", "\t=1", "x"]);
        assert_eq!(line, "\"a \"\"b\"\", c\nd\",\"'=1+1\",\"'@x\",\"'+1\",\"'-1\",\"'\t=1\",\"x\"\r\n");
    }
}
