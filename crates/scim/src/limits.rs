//! The numbers that keep one request from costing more than its share. Each can be configured; each has a test.

/// Upper bounds on what one request may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Longest filter, in bytes of its decoded text.
    pub filter_bytes: usize,
    /// Deepest nesting of parentheses, `not` and brackets in a filter; more than 64 counts as 64.
    pub filter_depth: usize,
    /// Most terms (comparisons and `pr`) in a filter.
    pub filter_terms: usize,
    /// Longest PATCH `path`, in bytes.
    pub path_bytes: usize,
    /// Most operations in one PATCH request.
    pub patch_operations: usize,
    /// Most operations in one bulk request; announced as `bulk.maxOperations`.
    pub bulk_operations: usize,
    /// Most member values in one request, all operations together.
    pub member_values: usize,
    /// Deepest nesting of a JSON body.
    pub json_depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            filter_bytes: 8 * 1024,
            filter_depth: 32,
            filter_terms: 256,
            path_bytes: 1024,
            patch_operations: 1000,
            bulk_operations: 1000,
            member_values: 10_000,
            json_depth: 64,
        }
    }
}
