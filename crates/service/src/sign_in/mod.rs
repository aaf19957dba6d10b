//! Sign-in by SAML (enrollment.md §4): a directory's connection, and its sign-ins from the first redirect to the session.
//!
//! What a response has to be is decided in the crate `saml`; what follows from it is decided here, in one transaction: the one use of
//! the assertion, the end of the begun sign-in, the user, her groups and her session (threat A13).

mod begin;
mod check;
mod connection;
mod domains;
mod finish;
mod key;
mod logout;
mod lookup;
mod place;
mod refresh;
mod settings;
mod steps;

pub use begin::{BegunSignIn, Browser, SignInWish, check_return_path};
pub use check::{ConfigurationCheck, SignInTest, SsoTest};
pub use connection::{CertificateInfo, SsoInfo};
pub use enroll_saml::{Arrived, Authenticated, BegunLogout, NameId};
pub use finish::{Posted, RefusedSignIn, SignInOutcome};
pub use logout::{LogoutAsked, RefusedLogout};
pub use place::SignInPlace;
pub use refresh::{
    BeforeAfter, METADATA_BYTES, MetadataChanges, MetadataRefresh, MetadataSource, MetadataTaken, SsoRefresh,
};
pub use settings::{Join, SsoAttributes, SsoSettings};
pub use steps::{LoggedSignIn, LoggedStep};

pub(crate) use check::CERTIFICATE_DAYS;
pub(crate) use finish::UNKNOWN_USER;
pub(crate) use key::KeptSamlKey;
pub(crate) use settings::stored as stored_connection;
