//! Comparisons of a column of text.

use enroll_scim::filter::{CompareOp, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;
use super::prefix::end_of_prefix;
use crate::dialect;

/// The longest text, in bytes, that the database looks for inside others.
const LONGEST_PART: usize = 256;

/// A column that holds text, compared by code point: keys are folded before they are stored.
#[derive(Debug, Clone, Copy)]
pub(super) struct TextColumn {
    /// The column, with its table.
    pub(super) name: &'static str,
    /// Whether the column can be NULL: an attribute without a value.
    pub(super) nullable: bool,
    /// Whether an index of the directory begins with the column.
    pub(super) indexed: bool,
}

impl TextColumn {
    /// `pr`: there is a value and it is not empty (RFC 7644 Table 3).
    pub(super) fn present(self) -> Fragment {
        self.guarded(&format!("{} <> ''", self.name))
    }

    /// `op value`.
    pub(super) fn compare(
        self,
        parameters: &mut Parameters,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        let text = match value {
            TypedValue::Exact(text) => text.as_str(),
            TypedValue::Folded(folded) => folded.as_str(),
            TypedValue::Boolean(_) | TypedValue::Number(_) | TypedValue::DateTime(_) => return None,
        };
        if text.contains('\0') {
            // No engine agrees with another on this character, and PostgreSQL cannot be sent it.
            return None;
        }
        let name = self.name;
        let mut bound = |operator: &str| format!("{name} {operator} {}", parameters.bind(text.to_owned()));
        Some(match op {
            CompareOp::Equal => self.by_index(&bound("=")),
            CompareOp::NotEqual => self.unless(&bound("<>")),
            CompareOp::Greater => self.by_index(&bound(">")),
            CompareOp::GreaterOrEqual => self.by_index(&bound(">=")),
            CompareOp::Less => self.by_index(&bound("<")),
            CompareOp::LessOrEqual => self.by_index(&bound("<=")),
            CompareOp::StartsWith | CompareOp::Contains | CompareOp::EndsWith if text.is_empty() => {
                self.has_value()
            }
            CompareOp::StartsWith => {
                let from = bound(">=");
                match end_of_prefix(text) {
                    Some(end) => self.by_index(&format!("{from} AND {name} < {}", parameters.bind(end))),
                    None => self.by_index(&from),
                }
            }
            // The search of SQLite takes the product of both lengths; in memory it takes their sum.
            CompareOp::Contains if text.len() > LONGEST_PART => return None,
            CompareOp::Contains => {
                let part = parameters.bind(text.to_owned());
                self.guarded(&dialect::contains(name, &part))
            }
            CompareOp::EndsWith => {
                let length = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
                let (end, length) = (parameters.bind(text.to_owned()), parameters.bind(length));
                self.guarded(&format!("{} = {end}", dialect::last_characters(name, &length)))
            }
        })
    }

    fn has_value(self) -> Fragment {
        if self.nullable {
            Fragment::exact(format!("{} IS NOT NULL", self.name))
        } else {
            Fragment::constant(true)
        }
    }

    /// The condition, and FALSE where there is no value.
    fn guarded(self, condition: &str) -> Fragment {
        let name = self.name;
        Fragment::exact(if self.nullable {
            format!("({name} IS NOT NULL AND {condition})")
        } else {
            format!("({condition})")
        })
    }

    fn by_index(self, condition: &str) -> Fragment {
        Fragment { selective: self.indexed, ..self.guarded(condition) }
    }

    /// The condition, and TRUE where there is no value.
    fn unless(self, condition: &str) -> Fragment {
        Fragment::exact(if self.nullable {
            format!("({} IS NULL OR {condition})", self.name)
        } else {
            format!("({condition})")
        })
    }
}
