//! A week in a small company.
