//! Schemas and resource types that a directory has beside those of the RFCs.

mod trail;

use std::collections::HashSet;
use std::fmt::Write as _;

use enroll_domain::DirectoryId;
use enroll_scim::schema::{SchemaExtension, is_extension_uri, is_protocol_schema};
use enroll_scim::{Folded, Registry, Schema};
use enroll_store::custom_schema::{self, Definitions, Kind};
use enroll_store::filter::Compiled;
use enroll_store::{Tx, custom_resource, group, user};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::adopt::adopt;
use super::directory::find as find_directory;
use crate::audit::Scribe;
use crate::models::{Models, ResourceTypeDefinition};
use crate::{Error, Service};

/// Largest file of definitions, in bytes.
const FILE_BYTES: usize = 256 * 1024;

/// Most definitions of one kind that a directory can have.
const MOST: usize = 64;

/// What a directory has beside the schemas and resource types of the RFCs.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct CustomSchemas {
    /// The directory's name.
    pub directory: String,
    /// Its schemas.
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub schemas: Vec<Schema>,
    /// Its resource types, and the extensions it has added to `User` and `Group`.
    pub resource_types: Vec<ResourceTypeDefinition>,
    /// What happens to an extension that is none of them: `ignore`, `keep` or `refuse`.
    #[schemars(extend("enum" = ["ignore", "keep", "refuse"]))]
    pub unknown_extensions: &'static str,
}

impl Service {
    /// Registers what a file defines: a schema, a resource type, a list of them, `{"schemas": […], "resourceTypes": […]}`, or what
    /// `/Schemas` and `/ResourceTypes` of a server answer. All of it or nothing; in force with the next request.
    ///
    /// What is there already may grow: a schema by attributes that are not required, a resource type by extensions. A resource type
    /// named `User` or `Group` adds its extensions to those. What resources have kept of an extension while nobody knew it is read
    /// by its schema then.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory; [`Error::Invalid`] for what is no definition or contradicts RFC 7643;
    /// [`Error::Conflict`] for a change that what is stored may not fit.
    pub async fn register_schemas(&self, directory: &str, file: &str) -> Result<CustomSchemas, Error> {
        let new = read_file(file)?;
        let (name, now) = (directory.to_owned(), self.clock().now());
        let scribe = Scribe::of_service(self, now);
        self.db()
            .write(move |tx| {
                let row = find_directory(tx, &name)?;
                let old = custom_schema::definitions(tx, row.id)?;
                let changed = merge(tx, row.id, &old, &new)?;
                let after = changed.definitions(&old)?;
                let models = (&Models::of(&old)?, &Models::of(&after)?);
                for (kind, name, definition) in changed.all()? {
                    custom_schema::put(tx, row.id, kind, &name, &definition, now)?;
                }
                adopt(tx, row.id, models, now)?;
                let after = custom_schema::definitions(tx, row.id)?;
                trail::registered(tx, &scribe, row.id, &old, &after)?;
                shown(row.name.as_str(), &after)
            })
            .await
    }

    /// What a directory has beside the schemas and resource types of the RFCs.
    ///
    /// # Errors
    /// [`Error::NotFound`] for an unknown directory.
    pub async fn custom_schemas(&self, directory: &str) -> Result<CustomSchemas, Error> {
        let name = directory.to_owned();
        self.db()
            .read(move |tx| {
                let row = find_directory(tx, &name)?;
                shown(row.name.as_str(), &custom_schema::definitions(tx, row.id)?)
            })
            .await
    }

    /// Removes a schema by its URI, from the resource types that it extends too, or a resource type by its name.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the directory has defined no such thing; [`Error::Conflict`] while something is stored by it, or a
    /// resource type has it as its base.
    pub async fn remove_schema(&self, directory: &str, name: &str) -> Result<(), Error> {
        let (directory, name) = (directory.to_owned(), name.to_owned());
        let scribe = Scribe::of_service(self, self.clock().now());
        self.db()
            .write(move |tx| {
                let row = find_directory(tx, &directory)?;
                let before = custom_schema::definitions(tx, row.id)?;
                let has = shown(row.name.as_str(), &before)?;
                remove(tx, row.id, &has, &name)?;
                trail::removed(tx, &scribe, row.id, &before, &custom_schema::definitions(tx, row.id)?)
            })
            .await
    }
}

/// What a file defines.
#[derive(Debug, Clone, Default)]
struct File {
    schemas: Vec<Schema>,
    resource_types: Vec<ResourceTypeDefinition>,
}

impl File {
    /// The definitions as they are kept.
    fn all(&self) -> Result<Vec<(Kind, Folded, String)>, Error> {
        let schemas = self
            .schemas
            .iter()
            .map(|schema| Ok((Kind::Schema, Folded::new(schema.id.as_str()), print(schema)?)));
        let types =
            self.resource_types.iter().map(|of| Ok((Kind::ResourceType, Folded::new(&of.name), print(of)?)));
        schemas.chain(types).collect()
    }

    /// The old definitions with these in their places or behind them.
    fn definitions(&self, old: &Definitions) -> Result<Definitions, Error> {
        let mut schemas = parse_all::<Schema>(&old.schemas)?;
        for schema in &self.schemas {
            replace(&mut schemas, schema, |other| other.id == schema.id);
        }
        let mut types = parse_all::<ResourceTypeDefinition>(&old.resource_types)?;
        for of in &self.resource_types {
            replace(&mut types, of, |other| other.name.eq_ignore_ascii_case(&of.name));
        }
        for (what, count) in [("schemas", schemas.len()), ("resource types", types.len())] {
            if count > MOST {
                return Err(Error::Invalid(format!("a directory can have {MOST} {what}, not {count}")));
            }
        }
        Ok(Definitions {
            schemas: schemas.iter().map(print).collect::<Result<_, _>>()?,
            resource_types: types.iter().map(print).collect::<Result<_, _>>()?,
            unknown_extensions: old.unknown_extensions,
        })
    }
}

fn replace<T: Clone>(list: &mut Vec<T>, new: &T, is_it: impl Fn(&T) -> bool) {
    match list.iter_mut().find(|other| is_it(other)) {
        Some(place) => *place = new.clone(),
        None => list.push(new.clone()),
    }
}

fn print<T: Serialize>(definition: &T) -> Result<String, Error> {
    serde_json::to_string(definition)
        .map_err(|error| Error::Internal(format!("a definition cannot be written: {error}")))
}

fn parse_all<T: DeserializeOwned>(texts: &[String]) -> Result<Vec<T>, Error> {
    let parse = |text: &String| {
        serde_json::from_str(text)
            .map_err(|error| Error::Internal(format!("a stored definition cannot be read: {error}")))
    };
    texts.iter().map(parse).collect()
}

fn shown(directory: &str, definitions: &Definitions) -> Result<CustomSchemas, Error> {
    Ok(CustomSchemas {
        directory: directory.to_owned(),
        schemas: parse_all(&definitions.schemas)?,
        resource_types: parse_all(&definitions.resource_types)?,
        unknown_extensions: definitions.unknown_extensions.as_str(),
    })
}

fn read_file(text: &str) -> Result<File, Error> {
    if text.len() > FILE_BYTES {
        return Err(Error::Invalid(format!("the file is larger than {FILE_BYTES} bytes")));
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| Error::Invalid(format!("the file is not JSON: {error}")))?;
    let mut file = File::default();
    add(&mut file, value)?;
    if file.schemas.is_empty() && file.resource_types.is_empty() {
        return Err(Error::Invalid("the file defines nothing".to_owned()));
    }
    if let Some(name) = twice(&file) {
        return Err(Error::Invalid(format!("the file defines {name} twice")));
    }
    if let Some(schema) = file.schemas.iter().find(|schema| !is_extension_uri(schema.id.as_str())) {
        return Err(Error::Invalid(format!(
            "{} is not a URN: the id of a schema begins with urn:",
            schema.id
        )));
    }
    Ok(file)
}

/// Whether it is one of the schemas that every server lists.
fn is_of_the_rfcs(schema: &Value) -> bool {
    let id = schema.get("id").and_then(Value::as_str).filter(|_| schema.get("attributes").is_some());
    id.is_some_and(|id| is_protocol_schema(id) || Registry::core().schema(id).is_some())
}

/// What the file defines a second time; it could not be told which of the two is meant.
fn twice(file: &File) -> Option<String> {
    let mut seen = HashSet::new();
    let schemas = file.schemas.iter().map(|schema| (true, schema.id.as_str()));
    let types = file.resource_types.iter().map(|of| (false, of.name.as_str()));
    let mut all = schemas.chain(types);
    all.find(|(what, name)| !seen.insert((*what, name.to_ascii_lowercase()))).map(|(_, name)| name.to_owned())
}

/// Adds what a value defines; lists within lists are not followed further than the forms that are described.
fn add(file: &mut File, value: Value) -> Result<(), Error> {
    let definitions = match value {
        Value::Array(values) => values,
        Value::Object(mut object)
            if object.contains_key("resourceTypes") || holds_objects(&object, "schemas") =>
        {
            let mut values = take_array(&mut object, "schemas")?;
            values.extend(take_array(&mut object, "resourceTypes")?);
            values
        }
        Value::Object(mut object) if object.contains_key("Resources") => {
            let mut values = take_array(&mut object, "Resources")?;
            values.retain(|value| !is_of_the_rfcs(value));
            values
        }
        single => vec![single],
    };
    for value in definitions {
        let is_schema = value.get("attributes").is_some();
        let invalid = |error: serde_json::Error| {
            let what = if is_schema { "a schema" } else { "a resource type" };
            Error::Invalid(format!("{what} cannot be read: {error}"))
        };
        if is_schema {
            file.schemas.push(serde_json::from_value(value).map_err(invalid)?);
        } else if value.get("name").is_some() {
            file.resource_types.push(serde_json::from_value(value).map_err(invalid)?);
        } else {
            return Err(Error::Invalid(
                "a definition is a schema, with id and attributes (RFC 7643 §7), or a resource type, with name, schema and \
                 endpoint (RFC 7643 §6)"
                    .to_owned(),
            ));
        }
    }
    Ok(())
}

/// Whether a member is a list of objects: `schemas` of a definition is a list of URIs.
fn holds_objects(object: &serde_json::Map<String, Value>, name: &str) -> bool {
    object.get(name).and_then(Value::as_array).is_some_and(|values| values.iter().any(Value::is_object))
}

fn take_array(object: &mut serde_json::Map<String, Value>, name: &str) -> Result<Vec<Value>, Error> {
    match object.remove(name) {
        None => Ok(Vec::new()),
        Some(Value::Array(values)) => Ok(values),
        Some(_) => Err(Error::Invalid(format!("{name} must be a list"))),
    }
}

/// The definitions as they will be kept, where what is stored fits them.
fn merge(tx: &Tx<'_>, directory: DirectoryId, old: &Definitions, new: &File) -> Result<File, Error> {
    let schemas = parse_all::<Schema>(&old.schemas)?;
    for schema in &new.schemas {
        if let Some(before) = schemas.iter().find(|before| before.id == schema.id) {
            grows(before, schema)?;
        }
    }
    let types = parse_all::<ResourceTypeDefinition>(&old.resource_types)?;
    let mut merged = Vec::new();
    for of in &new.resource_types {
        let before = types.iter().find(|before| before.name.eq_ignore_ascii_case(&of.name));
        let mut of = of.clone();
        of.endpoint = of.endpoint.or_else(|| before.and_then(|before| before.endpoint.clone()));
        of.schema = of.schema.or_else(|| before.and_then(|before| before.schema.clone()));
        if is_core(&of.name) {
            // What /ResourceTypes of another server says of them: only its extensions are of interest.
            (of.endpoint, of.schema) = (None, None);
            of.schema_extensions
                .retain(|extension| !extension.schema.is(enroll_scim::schema::ENTERPRISE_USER_SCHEMA));
            if of.schema_extensions.is_empty() {
                continue;
            }
        } else if let Some(before) = before
            && (&of.endpoint, &of.schema) != (&before.endpoint, &before.schema)
        {
            return Err(Error::Conflict(format!(
                "{} is defined with another endpoint or schema",
                before.name
            )));
        }
        let known: Vec<SchemaExtension> =
            before.map(|before| before.schema_extensions.clone()).unwrap_or_default();
        let added = |extension: &&SchemaExtension| !known.contains(extension);
        if let Some(extension) =
            of.schema_extensions.iter().filter(added).find(|extension| extension.required)
            && count(tx, directory, &of.name)? > 0
        {
            return Err(Error::Conflict(format!(
                "{} cannot be required: there are resources of the type {} without it",
                extension.schema, of.name
            )));
        }
        let given = of.schema_extensions.clone();
        let kept = known.into_iter().filter(|old| given.iter().all(|new| new.schema != old.schema));
        of.schema_extensions = kept.chain(given.iter().cloned()).collect();
        merged.push(of);
    }
    Ok(File { schemas: new.schemas.clone(), resource_types: merged })
}

/// A schema may get attributes that are not required; what it has stays as it is, since values are stored by it.
fn grows(before: &Schema, after: &Schema) -> Result<(), Error> {
    let mut faults = String::new();
    for attribute in &before.attributes {
        if after.attribute(attribute.name.as_str()) != Some(attribute) {
            let _ = write!(faults, " {} is gone or changed.", attribute.name);
        }
    }
    for attribute in &after.attributes {
        if attribute.required && before.attribute(attribute.name.as_str()).is_none() {
            let _ = write!(faults, " {} is new and required.", attribute.name);
        }
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "{} is there already and may only get attributes that are not required.{faults}",
        after.id
    )))
}

fn is_core(name: &str) -> bool {
    ["User", "Group"].iter().any(|core| core.eq_ignore_ascii_case(name))
}

/// How many resources of a type there are.
fn count(tx: &Tx<'_>, directory: DirectoryId, name: &str) -> Result<u64, Error> {
    let everything = Compiled::everything();
    Ok(match name {
        _ if name.eq_ignore_ascii_case("User") => user::count(tx, directory, &everything)?,
        _ if name.eq_ignore_ascii_case("Group") => group::count(tx, directory, &everything)?,
        _ => custom_resource::count(tx, directory, &Compiled::for_resources(&Folded::new(name), None))?,
    })
}

/// Removes what has this name, a schema before a resource type.
fn remove(tx: &Tx<'_>, directory: DirectoryId, has: &CustomSchemas, name: &str) -> Result<(), Error> {
    if let Some(schema) = has.schemas.iter().find(|schema| schema.id.is(name)) {
        return remove_schema(tx, directory, schema, &has.resource_types);
    }
    match has.resource_types.iter().find(|found| found.name.eq_ignore_ascii_case(name)) {
        Some(found) if found.schema.is_some() => remove_type(tx, directory, found),
        Some(found) => Err(Error::Conflict(format!(
            "{} is a type of the RFCs: remove the schemas that extend it instead",
            found.name
        ))),
        None => Err(Error::NotFound(format!(
            "the directory {} has defined no schema or resource type {name:?}; list them: enroll schema list",
            has.directory
        ))),
    }
}

fn remove_schema(
    tx: &Tx<'_>,
    directory: DirectoryId,
    schema: &Schema,
    types: &[ResourceTypeDefinition],
) -> Result<(), Error> {
    if let Some(of) = types.iter().find(|of| of.schema.as_ref() == Some(&schema.id)) {
        return Err(Error::Conflict(format!(
            "the resource type {} is made by {}: remove it first",
            of.name, schema.id
        )));
    }
    if custom_schema::is_used(tx, directory, schema.id.as_str())? {
        return Err(Error::Conflict(format!(
            "resources of this directory have values of {}: take them away first",
            schema.id
        )));
    }
    for of in types.iter().filter(|of| of.schema_extensions.iter().any(|other| other.schema == schema.id)) {
        let mut of = of.clone();
        of.schema_extensions.retain(|other| other.schema != schema.id);
        let name = Folded::new(&of.name);
        if of.schema.is_none() && of.schema_extensions.is_empty() {
            custom_schema::delete(tx, directory, Kind::ResourceType, &name)?;
        } else {
            // It is there, so the time of its making stays as it is.
            let definition = print(&of)?;
            custom_schema::put(
                tx,
                directory,
                Kind::ResourceType,
                &name,
                &definition,
                jiff::Timestamp::UNIX_EPOCH,
            )?;
        }
    }
    custom_schema::delete(tx, directory, Kind::Schema, &Folded::new(schema.id.as_str()))?;
    Ok(())
}

fn remove_type(tx: &Tx<'_>, directory: DirectoryId, of: &ResourceTypeDefinition) -> Result<(), Error> {
    let count = count(tx, directory, &of.name)?;
    if count > 0 {
        return Err(Error::Conflict(format!(
            "there are {count} resources of the type {}: delete them first",
            of.name
        )));
    }
    custom_schema::delete(tx, directory, Kind::ResourceType, &Folded::new(&of.name))?;
    Ok(())
}
