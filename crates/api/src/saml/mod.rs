//! Sign-in by SAML, as browsers see it: redirects and small pages. What it decides stands in `enroll_service`.

mod acs;
mod browser_cookie;
mod home;
mod login;
mod logout;
mod metadata;
mod refusal;
mod visit;

pub(crate) use acs::acs;
pub(crate) use home::home;
pub(crate) use login::login;
pub(crate) use logout::logout;
pub(crate) use metadata::metadata;
