//! Responses, good and hostile, through the public interface. The identity provider that signs them is the test kit's, which
//! shares no code with what is tested.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at what it does not expect"
)]

mod good;
mod hostile;
mod logout;
mod metadata;
mod outside;
mod world;
