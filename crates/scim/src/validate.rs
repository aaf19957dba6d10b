//! Validation and coercion of what a client sends, by schema.
