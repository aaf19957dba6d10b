//! Who a request turned out to come from, told by authentication to the request log.

use std::sync::{Arc, OnceLock};

/// A place for the caller's name: empty until a token has been checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Caller(Arc<OnceLock<Name>>);

/// A caller as the log names it.
#[derive(Debug)]
pub(crate) struct Name {
    /// The directory, for a SCIM token.
    pub(crate) directory: Option<String>,
    /// The token's label.
    pub(crate) token: String,
}

impl Caller {
    /// Notes who is calling. The first one stays.
    pub(crate) fn is(&self, directory: Option<&str>, token: &str) {
        self.0.get_or_init(|| Name { directory: directory.map(str::to_owned), token: token.to_owned() });
    }

    /// Who is calling, once known.
    pub(crate) fn name(&self) -> Option<&Name> {
        self.0.get()
    }
}
