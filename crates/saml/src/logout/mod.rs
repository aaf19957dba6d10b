//! Single logout (SAML core §3.7, profiles §4.4), both ways: this service asks the identity provider to end its session, and the identity
//! provider asks this service.
//!
//! A logout message is a stranger's document as a response is, and takes the same way: the bare text, one parser, a signature by a
//! configured key, and nothing read but what was signed. Without a signature nothing is believed, not even that nothing is to be
//! done.

mod arrived;
mod request;
mod response;
mod write;

pub use arrived::Arrived;
pub use request::{LogoutRequest, logout_request};
pub use response::{LogoutResponse, logout_response};
pub use write::{BegunLogout, LoggedOut, answer_logout, begin_logout};
