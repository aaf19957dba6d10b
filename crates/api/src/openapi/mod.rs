//! The OpenAPI document of `/api/v1` (OpenAPI 3.1), made from the code: a route cannot be registered without saying what it is
//! for, and what it takes and gives is read from the types of its handler (`docs/decisions/0016`).

mod answer;
mod components;
mod document;
mod input;
mod names;
mod operation;
mod routes;
mod schemas;
mod sketch;
mod tidy;

pub(crate) use answer::Answer;
pub(crate) use document::{described, json, yaml};
pub(crate) use input::Input;
pub(crate) use operation::{Operation, op};
pub(crate) use routes::Routes;
pub(crate) use sketch::{Security, Sketch};
