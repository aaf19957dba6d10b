//! Filters (RFC 7644 §3.4.2.2): parse, print, resolve against a schema, evaluate.
//!
//! [`Filter`] is what was written; [`TypedFilter`] is what it means for one resource type. Stores compile a
//! [`TypedFilter`] to their own query language; [`TypedFilter::matches`] is the reference they are tested against.

mod ast;
mod compare;
mod evaluate;
mod hints;
mod lexer;
mod literal;
mod names;
mod parser;
mod print;
mod resolve;
mod syntax_error;
mod typed;
mod value_path;

pub use ast::{CompareOp, Filter, Literal};
pub use typed::{Target, TypedFilter, TypedValue};
pub use value_path::ValuePath;
