//! Filters as the database answers them, against [`enroll_scim::filter::TypedFilter::matches`].
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "../fixture/mod.rs"]
mod fixture;

mod coverage;
mod generate;
mod property;
mod world;
