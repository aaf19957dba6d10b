//! `emails` of users: one row each in `user_emails`.

use enroll_scim::filter::{CompareOp, TypedFilter, TypedValue};

use super::fragment::Fragment;
use super::parameters::Parameters;
use super::rows::ElementRows;
use super::text::TextColumn;

const EMAILS: ElementRows = ElementRows {
    owners: "SELECT user_emails.user_id FROM user_emails WHERE user_emails.directory_id = ?1",
    of_one: "EXISTS (SELECT 1 FROM user_emails WHERE user_emails.directory_id = ?1 AND user_emails.user_id = users.id",
    owner: "users.id",
    columns: column,
};

fn column(part: &str) -> Option<TextColumn> {
    match part {
        "value" => Some(TextColumn { name: "user_emails.value_key", nullable: true, indexed: true }),
        "type" => Some(TextColumn { name: "user_emails.type_key", nullable: true, indexed: false }),
        _ => None,
    }
}

pub(super) fn present(part: Option<&str>) -> Option<Fragment> {
    EMAILS.present(part)
}

pub(super) fn compare(
    parameters: &mut Parameters,
    part: Option<&str>,
    op: CompareOp,
    value: &TypedValue,
) -> Option<Fragment> {
    EMAILS.compare(parameters, part, op, value)
}

pub(super) fn element(parameters: &mut Parameters, filter: &TypedFilter) -> Option<Fragment> {
    EMAILS.element(parameters, filter)
}
