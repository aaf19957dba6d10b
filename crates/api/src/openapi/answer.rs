//! What handlers give.

use axum::http::StatusCode;
use axum::{Extension, Json};
use schemars::JsonSchema;

use super::Sketch;
use crate::api::Problem;
use crate::api::idempotency::ShownOnce;

/// An answer, or a part of one, that is described.
pub(crate) trait Answer {
    /// Adds what it is on success.
    fn sketch(sketch: &mut Sketch<'_>);
}

/// Every refusal is one, and the document says so once for all.
impl<T: Answer> Answer for Result<T, Problem> {
    fn sketch(sketch: &mut Sketch<'_>) {
        T::sketch(sketch);
    }
}

impl<T: JsonSchema> Answer for Json<T> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.gives::<T>("application/json");
    }
}

/// Which one it is, the operation says.
impl Answer for StatusCode {
    fn sketch(_: &mut Sketch<'_>) {}
}

/// Not seen by clients.
impl Answer for Extension<ShownOnce> {
    fn sketch(_: &mut Sketch<'_>) {}
}

impl<A: Answer, B: Answer> Answer for (A, B) {
    fn sketch(sketch: &mut Sketch<'_>) {
        A::sketch(sketch);
        B::sketch(sketch);
    }
}

impl<A: Answer, B: Answer, C: Answer> Answer for (A, B, C) {
    fn sketch(sketch: &mut Sketch<'_>) {
        A::sketch(sketch);
        <(B, C)>::sketch(sketch);
    }
}

impl<A: Answer, B: Answer, C: Answer, D: Answer> Answer for (A, B, C, D) {
    fn sketch(sketch: &mut Sketch<'_>) {
        A::sketch(sketch);
        <(B, C, D)>::sketch(sketch);
    }
}
