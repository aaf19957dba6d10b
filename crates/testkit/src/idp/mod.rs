//! An identity provider that signs SAML responses, good ones and any others.
//!
//! It shares no code with the crate that verifies them: it writes the canonical form of what it signs from templates, by hand,
//! and hashes that text. A wrong reading of the standards cannot hide in both.

mod key;
mod logout;
mod metadata;
mod mutation;
mod response;
mod signature;

pub use key::{KeyKind, SigningKey};
pub use logout::{LogoutContent, LogoutSpec};
pub use metadata::metadata;
pub use mutation::mutated;
pub use response::{Attribute, Dialect, ResponseSpec, Signed, instant};
pub use signature::SignatureSpec;

/// An edit of a text before it is signed.
pub type Edit = Box<dyn Fn(String) -> String>;

/// An edit that replaces the first occurrence of `from`, which has to be there.
pub fn replacing(from: impl Into<String>, to: impl Into<String>) -> Option<Edit> {
    let (from, to) = (from.into(), to.into());
    Some(Box::new(move |text: String| {
        assert!(text.contains(&from), "{from} is in {text}");
        text.replacen(&from, &to, 1)
    }))
}
