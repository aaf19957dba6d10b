//! What to check and how to sign in.

use secrecy::SecretString;

/// One run against one server.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The SCIM base URL, such as `https://scim.example.com/scim/v2`.
    pub base_url: String,
    /// A few lower-case letters and digits that no other run has: they are part of every name that the run makes.
    pub run: String,
    /// The token, sent as `Authorization: Bearer ...` and never recorded; without one, nothing is sent.
    pub token: Option<SecretString>,
    /// Which checks: sections such as `3.4.2` or `7643-7`, or ids of checks; empty means all.
    pub only: Vec<String>,
}

impl Plan {
    /// All checks without a token.
    ///
    /// ```
    /// use enroll_conformance::Plan;
    ///
    /// let plan = Plan::new("http://127.0.0.1:8080/scim/v2", "k3x9").token("the-token").only("3.5.2");
    /// assert_eq!(plan.only, ["3.5.2"]);
    /// ```
    #[must_use]
    pub fn new(base_url: impl Into<String>, run: impl Into<String>) -> Self {
        Self { base_url: base_url.into(), run: run.into(), token: None, only: Vec::new() }
    }

    /// The same with a token.
    #[must_use]
    pub fn token(mut self, token: impl Into<SecretString>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// The same with one more section or check to choose.
    #[must_use]
    pub fn only(mut self, section: impl Into<String>) -> Self {
        self.only.push(section.into());
        self
    }
}
