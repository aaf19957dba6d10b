//! Responses that must be refused, each with its reason.

mod unsigned;
