//! What design.md §5 promises to be an index look-up is one: read from the plans of the very statements.

use enroll_scim::filter::Filter;
use enroll_scim::{Dialect, Limits, Notes, Registry};
use jiff::Timestamp;

use crate::filter::Compiled;
use crate::group::GroupRow;
use crate::page::{Listed, Page, Start, count_statement, statement};
use crate::user::UserRow;
use crate::{Db, Options, Param};

const TABLES: [&str; 12] = [
    "users",
    "user_emails",
    "groups",
    "group_members",
    "mappings",
    "resource_mappings",
    "sessions",
    "client_authorizations",
    "client_tokens",
    "client_logouts",
    "tombstones",
    "sso_metadata",
];

fn plan(sql: &str, parameters: usize) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let db = Db::open(Options::new(folder.path().join("enroll.db")), Timestamp::UNIX_EPOCH).unwrap();
    let params = vec![Param::from("x"); parameters];
    db.look_up(|tx| tx.plan(sql, &params)).unwrap()
}

/// No table is read from end to end, and every step on one names its index. Gives the plan.
pub(crate) fn assert_index(sql: &str, parameters: usize) -> Vec<String> {
    let plan = plan(sql, parameters);
    let scans = |step: &&String| TABLES.iter().any(|table| step.split(' ').take(2).eq(["SCAN", *table]));
    assert_eq!(plan.iter().find(scans), None, "{plan:#?}\n{sql}");
    plan
}

/// The plans of a list, its next page and its count use `index` with `terms`.
fn assert_filter<T: Listed>(text: &str, resource_type: &str, compile: fn(&str) -> Compiled, index: &str) {
    let compiled = compile(text);
    let directory = enroll_domain::DirectoryId::from_uuid(uuid::Uuid::nil());
    let (list, params) = statement::<T>(directory, &compiled, Page::first(100), Start::Condition);
    let (skip, skip_params) =
        statement::<T>(directory, &compiled, Page::Skip { skip: 7, limit: 100 }, Start::Condition);
    let (count, count_params) = count_statement::<T>(directory, &compiled);
    for (sql, parameters) in [(list, params), (skip, skip_params), (count, count_params)] {
        let plan = assert_index(&sql, parameters.len());
        assert!(plan.iter().any(|step| step.contains(index)), "{resource_type} {text}: {plan:#?}\n{sql}");
    }
}

fn typed(text: &str, resource_type: &str) -> enroll_scim::filter::TypedFilter {
    let (dialect, mut notes) = (Dialect::strict(), Notes::default());
    let filter = Filter::parse(text, &Limits::default(), &dialect, &mut notes).unwrap();
    filter.resolve(&Registry::core().model(resource_type).unwrap(), &dialect, &mut notes).unwrap()
}

#[test]
fn filters_on_users_are_index_look_ups() {
    for (text, index) in [
        (r#"userName eq "a""#, "users_user_name (directory_id=? AND user_name_key=?)"),
        (r#"userName sw "a""#, "users_user_name (directory_id=? AND user_name_key>? AND user_name_key<?)"),
        (r#"externalId eq "a""#, "users_external_id (directory_id=? AND external_id=?)"),
        (r#"displayName eq "a""#, "users_display_name (directory_id=? AND display_name_key=?)"),
        (r#"id eq "a""#, "(id=?)"),
        (r#"emails.value eq "a""#, "user_emails_value (directory_id=? AND value_key=?)"),
        (
            r#"emails[type eq "work" and value eq "a"]"#,
            "user_emails_value (directory_id=? AND value_key=? AND type_key=?)",
        ),
        (r#"emails[value eq "a" and primary eq true]"#, "user_emails_value (directory_id=? AND value_key=?)"),
        ("active eq false", "users_inactive (directory_id=?)"),
        ("active eq true", "(directory_id=?)"),
        (r#"groups.value eq "a""#, "group_members_nested (directory_id=? AND group_id=?)"),
        (
            r#"meta.lastModified gt "2026-03-01T00:00:00Z""#,
            "users_last_modified (directory_id=? AND last_modified>?)",
        ),
        (r#"meta.created le "2026-03-01T00:00:00Z""#, "users_created (directory_id=? AND created<?)"),
        (r#"title eq "x" and userName eq "a""#, "users_user_name (directory_id=? AND user_name_key=?)"),
        (r#"userName eq "a" or externalId eq "b""#, "users_user_name (directory_id=? AND user_name_key=?)"),
        (r#"userName eq "a" or externalId eq "b""#, "users_external_id (directory_id=? AND external_id=?)"),
        ("title pr", "(directory_id=?)"),
    ] {
        assert_filter::<UserRow>(text, "User", |text| Compiled::for_users(&typed(text, "User")), index);
    }
}

#[test]
fn users_of_an_external_id_are_found_by_an_index() {
    let plan = assert_index(crate::user::BY_EXTERNAL_ID, 2);
    let index = "users_external_id (directory_id=? AND external_id=?)";
    assert!(matches!(plan.as_slice(), [only] if only.contains(index)), "{plan:#?}");
}

#[test]
fn filters_on_groups_are_index_look_ups() {
    for (text, index) in [
        (r#"displayName eq "a""#, "groups_display_name (directory_id=? AND display_name_key=?)"),
        (r#"externalId eq "a""#, "groups_external_id (directory_id=? AND external_id=?)"),
        (r#"members.value eq "a""#, "group_members_member (member_id=?)"),
        (r#"members[value eq "a" and type eq "User"]"#, "group_members_member (member_id=?)"),
        (r#"id eq "a" and members.value eq "b""#, "groups USING INDEX sqlite_autoindex_groups_1 (id=?)"),
        (
            r#"meta.lastModified gt "2026-03-01T00:00:00Z""#,
            "groups_last_modified (directory_id=? AND last_modified>?)",
        ),
    ] {
        assert_filter::<GroupRow>(text, "Group", |text| Compiled::for_groups(&typed(text, "Group")), index);
    }
}

#[test]
fn pages_come_in_the_order_of_an_index() {
    let directory = enroll_domain::DirectoryId::from_uuid(uuid::Uuid::nil());
    let after = Some(enroll_domain::UserId::from_uuid(uuid::Uuid::nil()));
    for (page, index) in [
        (Page::After { after, limit: 1 }, "users_page (directory_id=? AND id>?)"),
        (Page::Skip { skip: 1, limit: 1 }, "users_page (directory_id=?)"),
    ] {
        let (sql, params) = statement::<UserRow>(directory, &Compiled::everything(), page, Start::Order);
        let plan = assert_index(&sql, params.len());
        assert!(matches!(plan.as_slice(), [only] if only.contains(index)), "no sorting: {plan:#?}");
    }
}

#[test]
fn e7_1_readiness_reads_no_table_from_end_to_end() {
    use crate::readiness::{
        ANY_EXTERNAL_ID, ANY_WORK_EMAIL, LEADING_INTO, LED_INTO, SHARED_EMAIL, SHARED_NAME, UNMAPPED,
        USER_NAME_KEYS, WITHOUT_EXTERNAL_ID,
    };
    for (sql, index) in [
        (ANY_EXTERNAL_ID, "users_external_id (directory_id=? AND external_id>?)"),
        (ANY_WORK_EMAIL, "user_emails_value (directory_id=? AND value_key>?)"),
        (LED_INTO, "grants_user (user_id=?)"),
        (LEADING_INTO, "grants_organization (organization_id=?)"),
        (USER_NAME_KEYS, "COVERING INDEX users_user_name (directory_id=?)"),
    ] {
        let plan = assert_index(sql, 1);
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}\n{sql}");
    }
    for (statements, index) in [
        (WITHOUT_EXTERNAL_ID, "users_external_id (directory_id=? AND external_id=?)"),
        (SHARED_EMAIL, "user_emails_value (directory_id=?"),
        (SHARED_NAME, "users_user_name (directory_id=? AND user_name_key=?)"),
        (UNMAPPED, "groups_page (directory_id=?)"),
    ] {
        for (sql, parameters) in [(statements.0, 1), (statements.1, 2)] {
            let plan = assert_index(sql, parameters);
            assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}\n{sql}");
        }
    }
}

#[test]
fn threat_a19_deleted_users_are_found_by_an_index() {
    use crate::tombstone::{BY_NAME, WITHOUT_KEY};
    for sql in [BY_NAME, WITHOUT_KEY] {
        let plan = assert_index(sql, 2);
        let index = "tombstones_name (directory_id=? AND name_key=?)";
        assert!(matches!(plan.as_slice(), [only] if only.contains(index)), "{plan:#?}\n{sql}");
    }
}

#[test]
fn sessions_of_a_name_id_and_metadata_that_is_due_are_found_by_an_index() {
    for (sql, parameters, index) in [
        (crate::session::of_name_id(), 2, "sessions_name_id (directory_id=? AND name_id=?)"),
        (crate::sso_metadata::DUE.to_owned(), 3, "sso_metadata_tried (tried<?)"),
    ] {
        let plan = assert_index(&sql, parameters);
        assert!(plan.iter().any(|step| step.contains(index)), "{plan:#?}\n{sql}");
    }
}
