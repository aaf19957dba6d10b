//! Sign-in by SAML, as browsers see it: redirects and small pages. What it decides stands in `enroll_service`.

mod acs;
mod browser_cookie;
mod home;
mod limit;
mod login;
mod login_page;
mod logout;
mod metadata;
mod refusal;
mod single_logout;
mod visit;

pub(crate) use acs::acs;
pub(crate) use home::home;
pub(crate) use limit::by_address;
pub(crate) use login::login;
pub(crate) use login_page::login_page;
pub(crate) use logout::logout;
pub(crate) use metadata::metadata;
