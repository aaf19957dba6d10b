//! Group (RFC 7643 §4.2).

use super::GROUP_SCHEMA;
use crate::schema::Schema;
use crate::schema::build::{self, complex, reference, string};

pub(super) fn schema() -> Schema {
    let member = vec![
        string("value", "The id of the user or group that is a member.").required().immutable(),
        reference("$ref", &["User", "Group"], "The URI of the user or group that is a member.").immutable(),
        string("type", "The resource type of the member.").suggesting(&["User", "Group"]).immutable(),
        string("display", "The name of the member, for people; the server computes it.").read_only(),
    ];
    let attributes = vec![
        string("displayName", "The name of the group, for people.").required().unique_on_server(),
        complex("members", "The users and groups that belong to the group.", member).multi_valued(),
    ];
    build::schema(GROUP_SCHEMA, "Group", "Group", attributes)
}
