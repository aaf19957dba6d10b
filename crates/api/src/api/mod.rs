//! `/api/v1`, for applications: who is in an organization, may she, and why. Errors are problem details (RFC 9457).

pub(crate) mod authenticated;
mod check;
mod explain;
mod members;
pub(crate) mod parameters;
mod problem;
pub(crate) mod schemas;

pub(crate) use check::check;
pub(crate) use explain::explain;
pub(crate) use members::members;
pub(crate) use problem::Problem;
