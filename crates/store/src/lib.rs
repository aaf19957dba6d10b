//! The only crate with SQL.
//!
//! [`Db`] is the database: open it, hand [`Db::write`] a closure that changes something and [`Db::read`] or [`Db::look_up`]
//! one that looks. Every closure gets a [`Tx`], one transaction, and runs on a thread that may block; nothing in the public
//! interface names a database engine, so the same closures serve another engine (`docs/decisions/0001`).
//!
//! What this crate promises (and its tests show):
//!
//! * a write is answered after its commit is on the disk, never before;
//! * a closure that fails leaves nothing behind and does not disturb the others that share its commit;
//! * a commit whose outcome is unknown is an error, and nothing is written after it until the next start;
//! * a read sees one snapshot, never half of a write, and every write that was answered before it began.
//!
//! What it must not do: decide anything. Rules live in `enroll-domain` and `enroll-service`.
//!
//! ```
//! use enroll_store::{Db, Options, StoreError, params};
//!
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("enroll.db");
//! # tokio::runtime::Builder::new_current_thread().enable_time().build()?.block_on(async {
//! let db = Db::open(Options::new(path), jiff::Timestamp::UNIX_EPOCH)?;
//! db.write(|tx| {
//!     tx.execute(
//!         "INSERT INTO organizations (id, name, display_name, description, base_resource_role, created, version) \
//!          VALUES (?1, ?2, ?2, '', 'write', 0, 1)",
//!         &params!["018f0000-0000-7000-8000-000000000001", "acme"],
//!     )
//! })
//! .await?;
//! let name = db.look_up(|tx| tx.first("SELECT name FROM organizations", &[], |row| Ok(row.text(0)?.to_owned())))?;
//! assert_eq!(name.as_deref(), Some("acme"));
//! db.close().await;
//! # Ok::<(), StoreError>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod audit;
pub mod backup;
pub mod brake;
pub mod custom_resource;
pub mod custom_schema;
pub mod directory;
pub mod event;
pub mod fact_history;
pub mod filter;
pub mod grant;
pub mod group;
pub mod handle;
pub mod idempotency;
pub mod lease;
pub mod mapping;
pub mod member;
pub mod moving;
pub mod oidc;
pub mod organization;
pub mod owner;
pub mod reach;
pub mod readiness;
pub mod request_log;
pub mod resource;
pub mod resource_grant;
pub mod retell;
pub mod role_history;
pub mod saml_key;
pub mod server_admin;
pub mod server_key;
pub mod session;
pub mod sign_in;
pub mod sign_in_domain;
pub mod slice;
pub mod sso_metadata;
pub mod token;
pub mod tombstone;
pub mod unique_value;
pub mod user;
pub mod verify;
pub mod webhook;

mod db;
mod dialect;
mod document;
mod engine;
mod error;
mod id_list;
mod migrate;
mod page;
#[cfg(test)]
mod plan_tests;
mod postgres;
mod rehearsal;
mod stamp;
mod tx;

pub use db::{Db, Generation, Health, Options, Statistics};
pub use error::StoreError;
pub use migrate::known_version;
pub use postgres::{DatabaseUrl, InvalidUrl};
pub use rehearsal::{Rehearsal, Rehearsed};
pub use tx::{Param, Row, Tx};
