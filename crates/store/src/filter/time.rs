//! Comparisons of a column that holds a time.

use enroll_scim::filter::{CompareOp, TypedValue};
use jiff::Timestamp;

use super::fragment::Fragment;
use super::parameters::Parameters;

/// A column that holds a time in milliseconds since 1970 and is never NULL.
#[derive(Debug, Clone, Copy)]
pub(super) struct TimeColumn {
    /// The column, with its table.
    pub(super) name: &'static str,
}

impl TimeColumn {
    /// `op value`. The value may be finer than a millisecond, the column is not.
    pub(super) fn compare(
        self,
        parameters: &mut Parameters,
        op: CompareOp,
        value: &TypedValue,
    ) -> Option<Fragment> {
        let TypedValue::DateTime(time) = value else { return None };
        let (floor, whole) = milliseconds(*time);
        let operator = match op {
            CompareOp::Equal if whole => "=",
            CompareOp::Equal => return Some(Fragment::constant(false)),
            CompareOp::NotEqual if whole => "<>",
            CompareOp::NotEqual => return Some(Fragment::constant(true)),
            CompareOp::Greater => ">",
            CompareOp::GreaterOrEqual if whole => ">=",
            CompareOp::GreaterOrEqual => ">",
            CompareOp::Less if whole => "<",
            CompareOp::Less | CompareOp::LessOrEqual => "<=",
            CompareOp::Contains | CompareOp::StartsWith | CompareOp::EndsWith => return None,
        };
        let selective = op != CompareOp::NotEqual;
        let condition = format!("({} {operator} {})", self.name, parameters.bind(floor));
        Some(Fragment { selective, ..Fragment::exact(condition) })
    }
}

/// The last whole millisecond that is not after the time, and whether it is the time.
fn milliseconds(time: Timestamp) -> (i64, bool) {
    let nanoseconds = time.as_nanosecond();
    let floor = nanoseconds.div_euclid(1_000_000);
    (i64::try_from(floor).unwrap_or_default(), nanoseconds.rem_euclid(1_000_000) == 0)
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn a_time_before_1970_is_rounded_down() {
        assert_eq!(milliseconds("1969-12-31T23:59:59.9999Z".parse().unwrap()), (-1, false));
        assert_eq!(milliseconds("1969-12-31T23:59:59.999Z".parse().unwrap()), (-1, true));
        assert_eq!(milliseconds("1970-01-01T00:00:00.0010001Z".parse().unwrap()), (1, false));
    }
}
