//! Words that no handle may be.

/// Every reserved word, in alphabetical order (enrollment.md 2.2): the first parts of the service's own addresses, and words
/// that would let a person pass for the service or for its staff.
pub const WORDS: &[&str] = &[
    "about",
    "account",
    "accounts",
    "admin",
    "administrator",
    "anonymous",
    "api",
    "assets",
    "audit",
    "auth",
    "bot",
    "bulk",
    "console",
    "dashboard",
    "default",
    "directories",
    "directory",
    "docs",
    "enroll",
    "events",
    "everyone",
    "group",
    "groups",
    "health",
    "healthz",
    "help",
    "home",
    "internal",
    "login",
    "logout",
    "mapping",
    "mappings",
    "me",
    "metrics",
    "new",
    "nobody",
    "none",
    "null",
    "oauth",
    "oidc",
    "organization",
    "organizations",
    "owner",
    "readiness",
    "readyz",
    "resource",
    "resources",
    "root",
    "saml",
    "scim",
    "search",
    "security",
    "self",
    "session",
    "sessions",
    "settings",
    "signin",
    "signout",
    "signup",
    "sso",
    "staff",
    "static",
    "status",
    "support",
    "system",
    "token",
    "tokens",
    "undefined",
    "users",
    "webhooks",
    "well-known",
];

/// Whether a word is reserved.
///
/// ```
/// assert!(enroll_domain::reserved::is_reserved("admin"));
/// assert!(!enroll_domain::reserved::is_reserved("user"));
/// ```
pub fn is_reserved(word: &str) -> bool {
    WORDS.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{WORDS, is_reserved};

    #[test]
    fn e2_2_list_is_sorted_for_the_search() {
        assert!(WORDS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn e2_2_words_of_the_specification_are_reserved() {
        for word in ["admin", "api", "scim", "saml", "login", "settings", "system", "root"] {
            assert!(is_reserved(word), "{word}");
        }
        assert!(!is_reserved("user"), "the handle of a nameless user must stay free");
    }
}
