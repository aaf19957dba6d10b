//! Who is calling: a token, checked.

use enroll_domain::id::{DirectoryId, TokenId};
use enroll_scim::Dialect;

/// An identity provider that has shown a valid SCIM token. Every SCIM use case needs one, and works in its directory only.
#[derive(Debug, Clone)]
pub struct ScimSession {
    /// The directory the token is bound to.
    pub directory: DirectoryId,
    /// The directory's name.
    pub directory_name: String,
    /// How the directory reads requests.
    pub dialect: Dialect,
    /// The token.
    pub token: TokenId,
    /// The token's label, for the log.
    pub label: String,
}

/// An application or administrator that has shown a valid API token.
#[derive(Debug, Clone)]
pub struct ApiSession {
    /// The token.
    pub token: TokenId,
    /// The token's label, for the log.
    pub label: String,
    /// What the token allows.
    pub scope: enroll_domain::Scope,
}
