//! What a check is.

use std::fmt;
use std::pin::Pin;

use serde::Serialize;

use crate::lab::Lab;

/// How much the RFC asks for what a check checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// MUST, SHALL or REQUIRED: a failure means that the server does not conform.
    Must,
    /// SHOULD or RECOMMENDED: a failure is reported and does not fail the run.
    Should,
    /// Not asked for by an RFC; clients in the field rely on it. A failure is a remark.
    Note,
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::Note => "NOTE",
        })
    }
}

/// Why a check ended before it passed.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The server is wrong, and what is wrong.
    Fault(String),
    /// The check does not apply to this server or could not be made, and why.
    Skip(String),
}

/// `Ok` means passed.
pub(crate) type Verdict<T = ()> = Result<T, Stop>;

/// The server is wrong.
pub(crate) fn fault<T>(sentence: impl Into<String>) -> Verdict<T> {
    Err(Stop::Fault(sentence.into()))
}

/// The check does not apply.
pub(crate) fn skip<T>(reason: impl Into<String>) -> Verdict<T> {
    Err(Stop::Skip(reason.into()))
}

/// Passes if `right`, else the server is wrong.
pub(crate) fn ensure(right: bool, sentence: impl FnOnce() -> String) -> Verdict {
    if right { Ok(()) } else { fault(sentence()) }
}

/// The code of a check.
pub(crate) type Run = for<'lab> fn(&'lab Lab) -> Pin<Box<dyn Future<Output = Verdict> + Send + 'lab>>;

/// One fact about a server that can be right or wrong.
pub(crate) struct Check {
    /// Stable, unique, for `--only` and for CI.
    pub(crate) id: &'static str,
    pub(crate) level: Level,
    /// The fact, as a sentence.
    pub(crate) title: &'static str,
    pub(crate) run: Run,
}

/// The checks of one section of an RFC.
pub(crate) struct Section {
    pub(crate) rfc: u16,
    pub(crate) number: &'static str,
    pub(crate) title: &'static str,
    pub(crate) checks: &'static [Check],
}

impl Section {
    /// Such as `RFC 7644 §3.4.2`.
    pub(crate) fn name(&self) -> String {
        format!("RFC {} §{}", self.rfc, self.number)
    }
}

/// What a check is about, for `--list`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CheckInfo {
    /// Stable and unique.
    pub id: &'static str,
    /// Such as `RFC 7644 §3.3`.
    pub section: String,
    /// The section's title in the RFC.
    pub heading: &'static str,
    /// MUST, SHOULD or NOTE.
    pub level: Level,
    /// The fact that is checked.
    pub title: &'static str,
}

impl CheckInfo {
    pub(crate) fn of(section: &Section, check: &Check) -> Self {
        Self {
            id: check.id,
            section: section.name(),
            heading: section.title,
            level: check.level,
            title: check.title,
        }
    }
}

/// The table of a section: `MUST function "fact";`. The check's id is the function's name with hyphens.
macro_rules! checks {
    ($rfc:literal, $number:literal, $title:literal; $($level:ident $id:literal $run:ident $fact:literal;)+) => {
        /// The section with its checks.
        pub(crate) const SECTION: crate::check::Section = crate::check::Section {
            rfc: $rfc,
            number: $number,
            title: $title,
            checks: &[$(crate::check::Check {
                id: $id,
                level: crate::check::Level::$level,
                title: $fact,
                run: |lab| Box::pin($run(lab)),
            }),+],
        };
    };
}
pub(crate) use checks;
