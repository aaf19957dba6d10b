//! Filters as conditions of SQL (RFC 7644 §3.4.2.2).
//!
//! A [`TypedFilter`] becomes a condition on `users`, `groups` or `resources` with bound, typed values; nothing that a client wrote becomes
//! part of a statement (threat S31). What has no column is left to [`TypedFilter::matches`], which also is what the tests
//! compare the database with.

mod common;
mod compile;
mod email;
mod fragment;
mod group;
mod member;
mod membership;
mod parameters;
mod prefix;
mod resource;
mod rows;
mod text;
mod time;
mod user;

use enroll_scim::Folded;
use enroll_scim::filter::TypedFilter;

use crate::Param;
use compile::{Columns, compile};
use fragment::Fragment;
use parameters::Parameters;

/// A filter as a condition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compiled {
    /// The condition, for the WHERE of a statement on `users`, `groups` or `resources`. `?1` is the directory's id, `?2` the first of
    /// `params`.
    pub sql: String,
    /// The values, from `?2` on.
    pub params: Vec<Param<'static>>,
    /// Whether the condition decides. Else it holds wherever the filter does, and the caller asks
    /// [`TypedFilter::matches`] about each row.
    pub exact: bool,
    /// Whether an index leads to the rows that meet the condition, so that it is worth to begin with it.
    pub(crate) selective: bool,
}

impl Compiled {
    /// The condition of a query without a filter: every resource of the directory.
    pub fn everything() -> Self {
        Self { sql: "1 = 1".to_owned(), params: Vec::new(), exact: true, selective: false }
    }

    /// The condition for a filter on users.
    ///
    /// Decided by the database: `userName`, `displayName`, `externalId`, `id`, `active`, `emails.value`, `emails.type`,
    /// `groups.value` (`eq` and `ne`, nested groups included), `meta.created`, `meta.lastModified`, and any combination.
    pub fn for_users(filter: &TypedFilter) -> Self {
        Self::new(filter, &user::UserColumns)
    }

    /// The condition for a filter on groups.
    ///
    /// Decided by the database: `displayName`, `externalId`, `id`, `members.value`, `members.type`, `meta.created`,
    /// `meta.lastModified`, and any combination.
    pub fn for_groups(filter: &TypedFilter) -> Self {
        Self::new(filter, &group::GroupColumns)
    }

    /// The condition for the resources of a custom type, by its folded name, and for a filter on them.
    ///
    /// Decided by the database: `externalId`, `id`, `meta.created`, `meta.lastModified`, and any combination.
    pub fn for_resources(type_key: &Folded, filter: Option<&TypedFilter>) -> Self {
        let mut parameters = Parameters::default();
        let of_type = format!("resources.type_key = {}", parameters.bind(type_key.as_str().to_owned()));
        let Some(filter) = filter else {
            return Self { sql: of_type, params: parameters.into_values(), exact: true, selective: false };
        };
        match compile(filter, &resource::ResourceColumns, &mut parameters) {
            Some(Fragment { sql, exact, selective }) => Self {
                sql: format!("{of_type} AND ({sql})"),
                params: parameters.into_values(),
                exact,
                selective,
            },
            None => Self { sql: of_type, params: parameters.into_values(), exact: false, selective: false },
        }
    }

    fn new(filter: &TypedFilter, columns: &impl Columns) -> Self {
        let mut parameters = Parameters::default();
        match compile(filter, columns, &mut parameters) {
            Some(Fragment { sql, exact, selective }) => {
                Self { sql, params: parameters.into_values(), exact, selective }
            }
            None => Self { exact: false, ..Self::everything() },
        }
    }
}
