//! The Enterprise User extension (RFC 7643 §4.3).

use super::ENTERPRISE_USER_SCHEMA;
use crate::schema::Schema;
use crate::schema::build::{self, complex, reference, string};

pub(super) fn schema() -> Schema {
    let manager = vec![
        string("value", "The id of the manager's user.").case_exact(),
        reference("$ref", &["User"], "The URI of the manager's user."),
        string("displayName", "The name of the manager; the server computes it.").read_only(),
    ];
    let attributes = vec![
        string("employeeNumber", "The number or code that the organization has given the user."),
        string("costCenter", "The name of a cost center."),
        string("organization", "The name of an organization."),
        string("division", "The name of a division."),
        string("department", "The name of a department."),
        complex("manager", "The user's manager.", manager),
    ];
    build::schema(ENTERPRISE_USER_SCHEMA, "EnterpriseUser", "Enterprise user", attributes)
}
