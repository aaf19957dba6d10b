//! The checks from outside: against our own server, which must pass, and against servers that are wrong on purpose.

#![expect(clippy::unwrap_used, reason = "a test stops at what it does not expect")]

mod cursors;
mod each_check;
mod faulty;
mod own;
mod reports;
mod sensitive;
mod support;
