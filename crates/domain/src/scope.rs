//! Scopes of API tokens (enrollment.md 5.2).

use crate::word::words;

words! {
    /// What an API token opens, narrowest first; each scope includes those before it.
    Scope: "a scope of an API token" {
        /// Access checks: may this user do this?
        Check = "check",
        /// Checks, and reading everything that the API shows.
        Read = "read",
        /// Everything, changes included.
        Admin = "admin",
    }
}

impl Scope {
    /// Whether a token of this scope may do what needs the other.
    ///
    /// ```
    /// use enroll_domain::Scope;
    ///
    /// assert!(Scope::Admin.allows(Scope::Read));
    /// assert!(!Scope::Check.allows(Scope::Read));
    /// ```
    pub fn allows(self, needed: Self) -> bool {
        self >= needed
    }
}

#[cfg(test)]
mod tests {
    use super::Scope;

    #[test]
    fn e5_2_scope_allows_itself_and_narrower_ones() {
        let allowed = |scope: Scope| Scope::ALL.iter().filter(|needed| scope.allows(**needed)).count();
        assert_eq!([Scope::Check, Scope::Read, Scope::Admin].map(allowed), [1, 2, 3]);
    }

    #[test]
    fn e5_2_scope_words() {
        let words: Vec<_> = Scope::ALL.iter().map(|scope| scope.as_str()).collect();
        assert_eq!(words, ["check", "read", "admin"]);
    }
}
