//! The two histories: of roles in organizations, and of what is given on a resource itself. The second has no effective role, which
//! takes more than what is given there; they differ in nothing else.
//!
//! Each statement stands here twice and in full, so that it is prepared on both engines.

use enroll_domain::{Role, Target};

use super::RoleRow;
use crate::{Param, Row, StoreError};

/// The statements on one history.
pub(crate) struct Table {
    /// What is in force for users, whose list is to be put in the place of `{}`.
    pub(super) in_force: &'static str,
    pub(super) of_target: &'static str,
    pub(super) newest: &'static str,
    pub(super) next: &'static str,
    pub(super) end: &'static str,
    pub(super) begin: &'static str,
    target: fn(&Row<'_>) -> Result<Target, StoreError>,
}

macro_rules! organizations {
    ($rest:literal) => {
        concat!(
            "SELECT user_id, organization_id, role, sources, since, until, begun_by, ended_by FROM role_history ",
            $rest
        )
    };
}

macro_rules! resources {
    ($rest:literal) => {
        concat!(
            "SELECT user_id, resource_id, NULL, sources, since, until, begun_by, ended_by FROM resource_role_history ",
            $rest
        )
    };
}

/// Of organizations.
pub(super) static ORGANIZATIONS: Table = Table {
    in_force: organizations!("WHERE user_id IN ({}) AND until IS NULL"),
    of_target: organizations!(
        "WHERE organization_id = ?1 AND user_id > ?2 AND until IS NULL ORDER BY user_id LIMIT ?3"
    ),
    newest: organizations!(
        "WHERE user_id = ?1 AND organization_id = ?2 AND since <= ?3 ORDER BY number DESC LIMIT ?4"
    ),
    next: organizations!(
        "WHERE user_id = ?1 AND organization_id = ?2 AND since > ?3 ORDER BY number LIMIT 1"
    ),
    end: "UPDATE role_history SET until = CASE WHEN since > ?3 THEN since ELSE ?3 END, ended_by = ?4 \
          WHERE user_id = ?1 AND organization_id = ?2 AND until IS NULL",
    begin: "INSERT INTO role_history (user_id, organization_id, number, sources, since, begun_by, role) \
            SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, \
            CASE WHEN COALESCE(MAX(until), ?4) > ?4 THEN MAX(until) ELSE ?4 END, ?5, ?6 \
            FROM role_history WHERE user_id = ?1 AND organization_id = ?2",
    target: |row| Ok(Target::Organization(row.id(1)?)),
};

/// Of resources.
pub(super) static RESOURCES: Table = Table {
    in_force: resources!("WHERE user_id IN ({}) AND until IS NULL"),
    of_target: resources!(
        "WHERE resource_id = ?1 AND user_id > ?2 AND until IS NULL ORDER BY user_id LIMIT ?3"
    ),
    newest: resources!(
        "WHERE user_id = ?1 AND resource_id = ?2 AND since <= ?3 ORDER BY number DESC LIMIT ?4"
    ),
    next: resources!("WHERE user_id = ?1 AND resource_id = ?2 AND since > ?3 ORDER BY number LIMIT 1"),
    end: "UPDATE resource_role_history SET until = CASE WHEN since > ?3 THEN since ELSE ?3 END, ended_by = ?4 \
          WHERE user_id = ?1 AND resource_id = ?2 AND until IS NULL",
    begin: "INSERT INTO resource_role_history (user_id, resource_id, number, sources, since, begun_by) \
            SELECT ?1, ?2, COALESCE(MAX(number), 0) + 1, ?3, \
            CASE WHEN COALESCE(MAX(until), ?4) > ?4 THEN MAX(until) ELSE ?4 END, ?5 \
            FROM resource_role_history WHERE user_id = ?1 AND resource_id = ?2",
    target: |row| Ok(Target::Resource(row.id(1)?)),
};

/// Both.
pub(super) static ALL: [&Table; 2] = [&ORGANIZATIONS, &RESOURCES];

impl Table {
    /// Where the history of a target is.
    pub(super) const fn of(target: Target) -> &'static Self {
        match target {
            Target::Organization(_) => &ORGANIZATIONS,
            Target::Resource(_) => &RESOURCES,
        }
    }

    /// The parameters of `begin`: without a role for a resource, whose statement has no place for it.
    pub(super) fn beginning<'a>(
        target: Target,
        role: Option<Role>,
        mut others: Vec<Param<'a>>,
    ) -> Vec<Param<'a>> {
        if let Target::Organization(_) = target {
            others.push(role.map(Role::as_str).into());
        }
        others
    }

    pub(super) fn read(&self, row: &Row<'_>) -> Result<RoleRow, StoreError> {
        Ok(RoleRow {
            user: row.id(0)?,
            target: (self.target)(row)?,
            role: row.optional_id(2)?,
            sources: row.text(3)?.to_owned(),
            since: row.timestamp(4)?,
            until: row.optional_timestamp(5)?,
            begun_by: row.integer(6)?,
            ended_by: row.optional_integer(7)?,
        })
    }
}
