//! What the arguments of handlers say of the request. An extractor says it in its own file, next to the code that reads.

use axum::extract::{Path, State};

use super::Sketch;
use crate::App;

/// An argument of a handler that is described.
pub(crate) trait Input {
    /// Adds what it reads of the request, and what that may be refused with.
    fn sketch(sketch: &mut Sketch<'_>);
}

impl Input for State<App> {
    fn sketch(_: &mut Sketch<'_>) {}
}

impl Input for Path<String> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes_from_path(1);
    }
}

impl Input for Path<(String, String)> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes_from_path(2);
    }
}

impl Input for Path<(String, String, String)> {
    fn sketch(sketch: &mut Sketch<'_>) {
        sketch.takes_from_path(3);
    }
}
