//! The schemas of all bodies (JSON Schema 2020-12, as OpenAPI 3.1 has it), derived from the types that serde reads and writes.

use std::collections::BTreeMap;

use schemars::generate::{SchemaGenerator, SchemaSettings};
use schemars::{JsonSchema, Schema};
use serde_json::{Map, Value};

use super::tidy::{Side, tidy};

/// Collects the schemas that are referred to. What is read and what is written are kept apart while they are collected: a member
/// with a default may be left out of a request, and is never missing in an answer.
pub(super) struct Schemas {
    read: SchemaGenerator,
    written: SchemaGenerator,
}

impl Schemas {
    pub(super) fn new() -> Self {
        let settings = || {
            SchemaSettings::draft2020_12().with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.meta_schema = None;
            })
        };
        Self {
            read: settings().for_deserialize().into_generator(),
            written: settings().for_serialize().into_generator(),
        }
    }

    /// A reference to what is read as `T`, or its schema where it has no name.
    pub(super) fn read<T: JsonSchema>(&mut self) -> Value {
        finished(self.read.subschema_for::<T>(), Side::Read)
    }

    /// The same for what is written.
    pub(super) fn written<T: JsonSchema>(&mut self) -> Value {
        finished(self.written.subschema_for::<T>(), Side::Written)
    }

    /// All schemas by name, in the order of the names.
    ///
    /// A type that is read and written has one schema. Where the two sides differ, that is a fault in the types: give one of them a
    /// name of its own. The names of such types are the second part.
    pub(super) fn components(mut self) -> (Map<String, Value>, Vec<String>) {
        let mut all = BTreeMap::new();
        let mut differing = Vec::new();
        let sides = [
            (self.read.take_definitions(true), Side::Read),
            (self.written.take_definitions(true), Side::Written),
        ];
        for (definitions, side) in sides {
            for (name, mut schema) in definitions {
                tidy(&mut schema, side);
                let name = super::names::shown(&name).into_owned();
                if let Some(before) = all.insert(name.clone(), schema.clone())
                    && before != schema
                {
                    differing.push(name);
                }
            }
        }
        (all.into_iter().collect(), differing)
    }
}

fn finished(schema: Schema, side: Side) -> Value {
    let mut schema = schema.to_value();
    tidy(&mut schema, side);
    schema
}
