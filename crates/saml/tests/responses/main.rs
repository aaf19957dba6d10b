//! Responses, good and hostile, through the public interface. The identity provider that signs them is the test kit's, which
//! shares no code with what is tested.

mod good;
mod hostile;
mod metadata;
mod outside;
mod world;
