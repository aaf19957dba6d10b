//! What a directory provisions: the resource types of the RFCs with their extensions, and its own (RFC 7643 §6, §7).

use std::fmt;
use std::sync::Arc;

use enroll_domain::DirectoryId;
use enroll_scim::schema::SchemaExtension;
use enroll_scim::{Dialect, Folded, Registry, ResourceModel, ResourceType, Schema, ScimError};
use enroll_store::Tx;
use enroll_store::custom_schema::{self, Definitions};
use enroll_store::directory::{self, DirectoryRow};
use quick_cache::sync::Cache;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Error;

/// Directories whose models are kept made.
const DIRECTORIES: usize = 256;

/// The resource types of one directory.
pub struct Models {
    registry: Registry,
    user: ResourceModel,
    group: ResourceModel,
    custom: Vec<CustomType>,
    /// What they were made from.
    definitions: Definitions,
}

/// A resource type that a directory has defined.
#[derive(Clone)]
pub struct CustomType(Arc<Definition>);

struct Definition {
    key: Folded,
    model: ResourceModel,
}

/// The resource types that a directory provisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ResourceKind {
    /// `/Users`
    User,
    /// `/Groups`
    Group,
    /// What the directory has defined.
    Custom(CustomType),
}

/// A resource type as an administrator defines it. One that is called as a core type adds its extensions to that, and needs nothing
/// else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ResourceTypeDefinition {
    /// The name, for example `Role`.
    pub name: String,
    /// The path below the base URL; `/` and the name with an `s` when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// What it is for.
    #[serde(default)]
    pub description: String,
    /// The URI of the base schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub schema: Option<enroll_scim::SchemaUri>,
    /// The extensions.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub schema_extensions: Vec<SchemaExtension>,
}

impl fmt::Debug for CustomType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CustomType").field(&self.0.key).finish()
    }
}

impl PartialEq for CustomType {
    fn eq(&self, other: &Self) -> bool {
        self.0.key == other.0.key
    }
}

impl Eq for CustomType {}

impl CustomType {
    /// The name, folded: what the store calls it.
    pub(crate) fn key(&self) -> &Folded {
        &self.0.key
    }

    /// Its attributes.
    pub(crate) fn model(&self) -> &ResourceModel {
        &self.0.model
    }
}

impl ResourceKind {
    /// The resource type's name, for example `User`.
    pub fn name(&self) -> &str {
        match self {
            Self::User => "User",
            Self::Group => "Group",
            Self::Custom(custom) => &custom.model().resource_type().name,
        }
    }

    /// The endpoint below the base URL, for example `/Users`.
    pub fn endpoint(&self) -> &str {
        match self {
            Self::User => "/Users",
            Self::Group => "/Groups",
            Self::Custom(custom) => &custom.model().resource_type().endpoint,
        }
    }
}

impl fmt::Debug for Models {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Models").field("custom", &self.custom).finish_non_exhaustive()
    }
}

impl Models {
    /// The resource types of the RFCs with what a directory defines beside them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a definition that cannot be read, contradicts RFC 7643 or another one.
    pub(crate) fn of(definitions: &Definitions) -> Result<Self, Error> {
        let mut registry = Registry::core();
        for text in &definitions.schemas {
            let schema: Schema = read(text)?;
            registry.register_schema(schema).map_err(|error| Error::Invalid(error.to_string()))?;
        }
        let mut names = Vec::new();
        for text in &definitions.resource_types {
            let definition: ResourceTypeDefinition = read(text)?;
            names.extend(register(&mut registry, definition)?);
        }
        let rule = definitions.unknown_extensions;
        let model = |name: &str| {
            let model = registry.model(name).map(|model| model.with_unknown_extensions(rule));
            model.ok_or_else(|| Error::Internal(format!("the registry lacks {name}")))
        };
        let (user, group) = (model("User")?, model("Group")?);
        let custom = names
            .iter()
            .map(|name| Ok(CustomType(Arc::new(Definition { key: Folded::new(name), model: model(name)? }))))
            .collect::<Result<_, Error>>()?;
        Ok(Self { registry, user, group, custom, definitions: definitions.clone() })
    }

    /// The schemas and resource types, for discovery.
    pub fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Makes sure, where something is about to be stored, that the directory has not changed its definitions since the request was
    /// read by them: nothing is to be stored by a schema that was removed in between. A directory without any pays nothing.
    ///
    /// # Errors
    /// 503: the same request, sent again, is read by the new definitions.
    pub(crate) fn check_current(&self, tx: &Tx<'_>, directory: DirectoryId) -> Result<(), Error> {
        if self.definitions == Definitions::default()
            || custom_schema::definitions(tx, directory)? == self.definitions
        {
            return Ok(());
        }
        Err(ScimError::new(
            503,
            "the schemas of this directory are just being changed: send the request again",
        )
        .into())
    }

    /// All resource types: users, groups, and the directory's own.
    pub fn kinds(&self) -> Vec<ResourceKind> {
        let custom = self.custom.iter().cloned().map(ResourceKind::Custom);
        [ResourceKind::User, ResourceKind::Group].into_iter().chain(custom).collect()
    }

    /// The resource type whose endpoint is `/` and this segment, letter by letter.
    pub fn at(&self, segment: &str) -> Option<ResourceKind> {
        self.kinds().into_iter().find(|kind| kind.endpoint().strip_prefix('/') == Some(segment))
    }

    /// What a resource type of older models has in these: its attributes may be more.
    pub(crate) fn model_of<'m>(&'m self, older: &'m ResourceKind) -> &'m ResourceModel {
        match self.custom.iter().find(|custom| matches!(older, ResourceKind::Custom(of) if of == *custom)) {
            Some(custom) => custom.model(),
            None => self.model(older),
        }
    }

    /// The attributes of a resource type.
    pub(crate) fn model<'m>(&'m self, kind: &'m ResourceKind) -> &'m ResourceModel {
        match kind {
            ResourceKind::User => &self.user,
            ResourceKind::Group => &self.group,
            ResourceKind::Custom(custom) => custom.model(),
        }
    }
}

fn read<'t, T: Deserialize<'t>>(text: &'t str) -> Result<T, Error> {
    serde_json::from_str(text)
        .map_err(|error| Error::Invalid(format!("the definition cannot be read: {error}")))
}

/// Registers a resource type and gives its name, if it is a new one.
fn register(registry: &mut Registry, definition: ResourceTypeDefinition) -> Result<Option<String>, Error> {
    let invalid = |error: enroll_scim::schema::RegistryError| Error::Invalid(error.to_string());
    let ResourceTypeDefinition { name, endpoint, description, schema, schema_extensions } = definition;
    if registry.resource_type(&name).is_some() {
        if endpoint.is_some() || schema.is_some() {
            return Err(Error::Invalid(format!(
                "{name} is there already: its definition may have schemaExtensions, but no endpoint and no schema"
            )));
        }
        for extension in schema_extensions {
            registry.extend(&name, extension).map_err(invalid)?;
        }
        return Ok(None);
    }
    let schema =
        schema.ok_or_else(|| Error::Invalid(format!("the resource type {name:?} needs a schema")))?;
    let endpoint = endpoint.unwrap_or_else(|| format!("/{name}s"));
    let new = ResourceType { name: name.clone(), endpoint, description, schema, schema_extensions };
    registry.register_resource_type(new).map_err(invalid)?;
    Ok(Some(name))
}

/// The models of the directories that were used last. They are made anew only when their definitions have changed.
pub(crate) struct KeptModels {
    core: Arc<Models>,
    made: Cache<DirectoryId, Arc<Models>>,
}

impl KeptModels {
    pub(crate) fn new() -> Result<Self, Error> {
        let core = Arc::new(Models::of(&Definitions::default())?);
        Ok(Self { core, made: Cache::new(DIRECTORIES) })
    }

    /// The models of the RFCs alone.
    pub(crate) fn core(&self) -> &Arc<Models> {
        &self.core
    }

    /// How a directory reads requests: its dialect with the quirks that are switched, and its resource types.
    ///
    /// # Errors
    /// The store fails; as [`KeptModels::of`].
    pub(crate) fn reading(&self, tx: &Tx<'_>, row: &DirectoryRow) -> Result<(Dialect, Arc<Models>), Error> {
        let models = self.of(row.id, &custom_schema::definitions(tx, row.id)?)?;
        Ok((row.dialect_with(&directory::quirks(tx, row.id)?), models))
    }

    /// The models of a directory with these definitions.
    ///
    /// # Errors
    /// [`Error::Internal`]: what is stored was checked.
    pub(crate) fn of(&self, directory: DirectoryId, definitions: &Definitions) -> Result<Arc<Models>, Error> {
        if *definitions == Definitions::default() {
            return Ok(Arc::clone(&self.core));
        }
        if let Some(made) = self.made.get(&directory)
            && made.definitions == *definitions
        {
            return Ok(made);
        }
        let models = Models::of(definitions)
            .map_err(|error| Error::Internal(format!("the stored schemas of a directory: {error}")))?;
        let models = Arc::new(models);
        self.made.insert(directory, Arc::clone(&models));
        Ok(models)
    }
}
