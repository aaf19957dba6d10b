//! Enroll as OpenID Provider: what browsers and clients see of it. What it decides stands in `enroll_service`.

mod authorize;
mod backchannel;
mod credentials;
mod discovery;
pub(crate) mod input;
mod logout;
pub(crate) mod page;
mod refused;
mod token;
mod userinfo;

pub(crate) use authorize::{authorize, resume};
pub(crate) use backchannel::deliver;
pub(crate) use discovery::{configuration, keys};
pub(crate) use logout::logout;
pub(crate) use token::token;
pub(crate) use userinfo::userinfo;
