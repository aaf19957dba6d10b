//! Filters as the database answers them, against [`enroll_scim::filter::TypedFilter::matches`].

#[path = "../fixture/mod.rs"]
mod fixture;

mod coverage;
mod generate;
mod property;
mod world;
