//! Enroll as OpenID Provider for applications, which are called clients (OpenID Connect Core 1.0, RFC 6749, RFC 9700).
//!
//! Enroll signs nobody in by itself: a client's user has a session, or is sent to the sign-in of her directory. What a client was
//! given hangs on that session and ends with it, in the same transaction.

mod authorize;
mod claims;
mod client;
mod keys;
mod logout;
mod refusal;
mod returns;
mod sign_out;
mod token;

use jiff::SignedDuration;

pub use authorize::{Authorize, Parameters};
pub use client::{ClientInfo, ClientSettings, NewClient};
pub(crate) use logout::session_ended;
pub use logout::{LogoutMessage, LogoutOutcome};
pub use refusal::{OAuthError, Refusal};
pub use sign_out::SignOut;
pub use token::{ClientCredentials, TokenRequest, Tokens};

/// How long a code is good for (OpenID Connect Core 1.0 §3.1.3.1; RFC 6749 §4.1.2 recommends at most 10 minutes).
pub(crate) const CODE: SignedDuration = SignedDuration::from_secs(60);

/// How long an access token and an ID token are good for.
pub(crate) const TOKEN: SignedDuration = SignedDuration::from_mins(10);

/// How long a user may take to sign in.
pub(crate) const SIGN_IN: SignedDuration = SignedDuration::from_mins(10);
