//! The common attributes (RFC 7643 §3.1), which no schema document lists.

use crate::schema::Schema;
use crate::schema::build::{self, complex, date_time, reference, string};

pub(super) fn schema() -> Schema {
    let meta = vec![
        string("resourceType", "The name of the resource's type.").case_exact(),
        date_time("created", "When the resource was created."),
        date_time("lastModified", "When the resource was last changed."),
        reference("location", &["uri"], "The URI of the resource."),
        string("version", "The version of the resource, equal to its ETag.").case_exact(),
    ];
    let attributes = vec![
        reference("schemas", &["uri"], "The URIs of the schemas whose attributes the resource has.")
            .multi_valued()
            .required()
            .always_returned(),
        string("id", "The identifier that the server has given the resource.")
            .case_exact()
            .read_only()
            .always_returned(),
        string("externalId", "The identifier that the client has given the resource.").case_exact(),
        complex("meta", "What the server knows about the resource.", meta).read_only(),
    ];
    build::schema(
        "urn:ietf:params:scim:schemas:core:2.0",
        "Common",
        "Attributes that every resource has",
        attributes,
    )
}
