//! What Enroll decides, without a database and without a clock.
//!
//! Ids, names and roles are types; the enrollment function is pure: the same users, groups, mappings and grants always give
//! the same effective roles. Time and randomness come in as arguments.

pub mod id;
