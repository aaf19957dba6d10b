//! SCIM resources of custom types: a row each, and a document.

use enroll_domain::{CustomResourceId, DirectoryId};
use enroll_scim::{Folded, Object, Resource};
use jiff::Timestamp;

use crate::filter::Compiled;
use crate::page::{self, Listed};
use crate::{Row, StoreError, Tx, document, params, stamp};

pub use crate::page::{Page, Search};
pub use crate::stamp::Stamp;

/// A resource of a custom type as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomResourceRow {
    /// The id.
    pub id: CustomResourceId,
    /// When it was made.
    pub created: Timestamp,
    /// When it was last changed.
    pub last_modified: Timestamp,
    /// Grows by one with each change.
    pub version: i64,
    /// The attributes that a client has set, as JSON.
    pub document: String,
}

impl CustomResourceRow {
    /// The attributes that a client has set.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] when the document is not what this program writes.
    pub fn object(&self) -> Result<Object, StoreError> {
        document::parse(&self.document)
    }
}

const SELECT: &str = "SELECT resources.id, resources.created, resources.last_modified, resources.version, \
    resources.document FROM resources WHERE resources.directory_id = ?1";

impl Listed for CustomResourceRow {
    type Id = CustomResourceId;

    const SELECT: &'static str = SELECT;
    const SELECT_ID: &'static str = "SELECT resources.id FROM resources WHERE resources.directory_id = ?1";
    const COUNT: &'static str = "SELECT count(*) FROM resources WHERE resources.directory_id = ?1";
    const ID: &'static str = "resources.id";

    fn id(&self) -> CustomResourceId {
        self.id
    }

    fn read(row: &Row<'_>) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id(0)?,
            created: row.timestamp(1)?,
            last_modified: row.timestamp(2)?,
            version: row.integer(3)?,
            document: row.text(4)?.to_owned(),
        })
    }
}

/// A resource to be stored.
#[derive(Debug)]
pub struct NewCustomResource<'a> {
    /// The directory.
    pub directory: DirectoryId,
    /// The name of its type, folded.
    pub type_key: &'a Folded,
    /// The id, never used before.
    pub id: CustomResourceId,
    /// When.
    pub now: Timestamp,
    /// The attributes.
    pub resource: &'a Resource,
}

/// A resource of a type by id.
///
/// # Errors
/// The store fails.
pub fn find(
    tx: &Tx<'_>,
    directory: DirectoryId,
    type_key: &Folded,
    id: CustomResourceId,
) -> Result<Option<CustomResourceRow>, StoreError> {
    let sql = format!("{SELECT} AND resources.id = ?2 AND resources.type_key = ?3");
    tx.first(&sql, &params![directory, id, type_key.as_str()], CustomResourceRow::read)
}

/// Stores a resource; the version is 1.
///
/// # Errors
/// The store fails.
pub fn insert(tx: &Tx<'_>, new: &NewCustomResource<'_>) -> Result<(), StoreError> {
    let document = document::print(new.resource.as_object(), None)?;
    tx.execute(
        "INSERT INTO resources (directory_id, id, type_key, external_id, created, last_modified, version, document) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6)",
        &params![
            new.directory,
            new.id,
            new.type_key.as_str(),
            new.resource.text("externalId"),
            new.now,
            document,
        ],
    )
    .map(drop)
}

/// Replaces the attributes of a resource; `None` if there is none of that id.
///
/// # Errors
/// The store fails.
pub fn update(
    tx: &Tx<'_>,
    directory: DirectoryId,
    id: CustomResourceId,
    resource: &Resource,
    now: Timestamp,
) -> Result<Option<Stamp>, StoreError> {
    let document = document::print(resource.as_object(), None)?;
    let stamps = tx.query(
        "UPDATE resources SET external_id = ?3, document = ?4, version = version + 1, \
         last_modified = CASE WHEN last_modified > ?5 THEN last_modified ELSE ?5 END \
         WHERE directory_id = ?1 AND id = ?2 RETURNING version, last_modified",
        &params![directory, id, resource.text("externalId"), document, now],
        stamp::read,
    )?;
    Ok(stamps.first().copied())
}

/// Deletes a resource; answers whether there was one.
///
/// # Errors
/// The store fails.
pub fn delete(tx: &Tx<'_>, directory: DirectoryId, id: CustomResourceId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM resources WHERE directory_id = ?1 AND id = ?2";
    Ok(tx.execute(sql, &params![directory, id])? > 0)
}

/// The resources that meet the condition ([`Compiled::for_resources`]), ordered by id: one page of them.
///
/// # Errors
/// The store fails.
pub fn list(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<CustomResourceId>,
) -> Result<Vec<CustomResourceRow>, StoreError> {
    page::list(tx, directory, condition, page)
}

/// How many resources meet the condition.
///
/// # Errors
/// The store fails.
pub fn count(tx: &Tx<'_>, directory: DirectoryId, condition: &Compiled) -> Result<u64, StoreError> {
    page::count::<CustomResourceRow>(tx, directory, condition)
}

/// One page of the resources that meet a filter which the database cannot decide alone, and how many there are; see
/// [`crate::user::search`].
///
/// # Errors
/// The store fails, or `matches` does.
pub fn search<E: From<StoreError>>(
    tx: &Tx<'_>,
    directory: DirectoryId,
    condition: &Compiled,
    page: Page<CustomResourceId>,
    matches: impl FnMut(&[CustomResourceRow]) -> Result<Vec<bool>, E>,
) -> Result<Search<CustomResourceRow>, E> {
    page::search(tx, directory, condition, page, matches)
}
