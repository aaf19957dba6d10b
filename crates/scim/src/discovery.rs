//! The discovery documents: ServiceProviderConfig, ResourceTypes, Schemas (RFC 7643 §5-7, RFC 7644 §4).
