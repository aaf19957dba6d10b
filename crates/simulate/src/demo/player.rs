//! The two identity providers of the week.

use crate::plan::Idp;

/// Which of them acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Player {
    /// Employees.
    Okta,
    /// Partners and contractors.
    Entra,
}

impl Player {
    /// The identity provider.
    pub(crate) fn idp(self) -> Idp {
        match self {
            Self::Okta => Idp::Okta,
            Self::Entra => Idp::Entra,
        }
    }
}
