//! Projection: `attributes` and `excludedAttributes` (RFC 7644 §3.9).
