//! What several identity providers do alike, and the checks that all of them would make.

pub(crate) mod connect;
pub(crate) mod groups;
pub(crate) mod pages;
pub(crate) mod users;
