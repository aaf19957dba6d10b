//! The file of an export: one JSON object a line, each with its `type` (`docs/reference/transfer.md`).
//!
//! Objects name each other by what is unique in a directory, never by an id: a file means the same in another instance.

use enroll_domain::{ResourceRole, Role, RoleWord, Visibility};
use enroll_scim::json::parse_object;
use enroll_scim::{Limits, Object};
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the format that is written and read.
pub const FORMAT_VERSION: u64 = 1;

/// The `type` of the first line.
pub const HEADER: &str = "enroll-export";

/// The words that `type` may be, in the order in which a file has them.
const TYPES: [&str; 11] = [
    HEADER,
    "organization",
    "resource",
    "user",
    "grant",
    "manager",
    "group",
    "members",
    "mapping",
    "defaultEnrollment",
    "end",
];

/// The first line: what the file is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HeaderLine {
    /// [`FORMAT_VERSION`]
    pub version: u64,
    /// The name of the directory that it was written from.
    pub directory: String,
    /// When.
    pub exported: Timestamp,
    /// How many objects follow.
    pub counts: Counts,
}

/// How many objects a file has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Counts {
    /// Organizations.
    pub organizations: u64,
    /// Resources of organizations.
    pub resources: u64,
    /// Users.
    pub users: u64,
    /// Groups.
    pub groups: u64,
    /// Mappings.
    pub mappings: u64,
}

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OrganizationLine {
    /// The name.
    pub name: String,
    /// The name for people.
    pub display_name: String,
    /// What it is.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The role that every member has on its resources.
    pub base_resource_role: ResourceRole,
    /// Whether it is reserved to the directory, perhaps with others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub reserved: bool,
}

/// A resource of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourceLine {
    /// The organization's name.
    pub organization: String,
    /// The name.
    pub name: String,
    /// What it is to the application.
    pub kind: String,
    /// Who may read it without any grant.
    pub visibility: Visibility,
}

/// A user, as a client of SCIM would send it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UserLine {
    /// The attributes. A manager who is a user of the directory is not among them.
    pub resource: Object,
    /// The userName of the manager, where she stands before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manager: Option<String>,
    /// Whether a [`ManagerLine`] says who the manager is: until then the user keeps the one who is there.
    #[serde(default, skip_serializing_if = "is_false")]
    pub manager_follows: bool,
    /// Whether attributes that are not named stay as they are in somebody who is there; otherwise they are cleared, as by a PUT.
    #[serde(default, skip_serializing_if = "is_false")]
    pub merge: bool,
}

/// Who manages a user, where the manager stands behind the user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ManagerLine {
    /// The userName.
    pub user: String,
    /// The userName of the manager.
    pub manager: String,
}

/// A group, as a client of SCIM would send it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GroupLine {
    /// The attributes, without `members`.
    pub resource: Object,
    /// Whether attributes that are not named stay as they are in somebody who is there; otherwise they are cleared, as by a PUT.
    #[serde(default, skip_serializing_if = "is_false")]
    pub merge: bool,
}

/// Members of a group; a large group has several such lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MembersLine {
    /// The group's displayName.
    pub group: String,
    /// userNames.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<String>,
    /// displayNames of groups in the group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
}

/// A mapping of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MappingLine {
    /// The group's name.
    pub group: String,
    /// The organization's name.
    pub organization: String,
    /// Its resource as `KIND:NAME`, where the mapping is to one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The role.
    pub role: RoleWord,
    /// Whether it is kept without effect.
    #[serde(default, skip_serializing_if = "is_false")]
    pub paused: bool,
}

/// A direct grant of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GrantLine {
    /// The userName.
    pub user: String,
    /// The organization's name.
    pub organization: String,
    /// Its resource as `KIND:NAME`, where the grant is on one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<String>,
    /// The role.
    pub role: RoleWord,
}

/// Where everybody who signs in is enrolled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EnrollmentLine {
    /// The organization's name.
    pub organization: String,
    /// The role.
    pub role: Role,
}

/// The last line: a file without it was cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EndLine {
    /// How many lines stand before this one.
    pub lines: u64,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Line {
    /// The first.
    #[serde(rename = "enroll-export")]
    Header(HeaderLine),
    /// An organization.
    Organization(OrganizationLine),
    /// A resource of an organization.
    Resource(ResourceLine),
    /// A user.
    User(UserLine),
    /// A direct grant.
    Grant(GrantLine),
    /// The manager of a user.
    Manager(ManagerLine),
    /// A group without its members.
    Group(GroupLine),
    /// Members of a group.
    Members(MembersLine),
    /// A mapping.
    Mapping(MappingLine),
    /// A default enrollment.
    DefaultEnrollment(EnrollmentLine),
    /// The last.
    End(EndLine),
}

fn is_false(value: &bool) -> bool {
    !value
}

impl Line {
    /// Reads one line, without its end.
    ///
    /// # Errors
    /// A sentence: what is wrong with it.
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, String> {
        if let Err(error) = std::str::from_utf8(bytes) {
            return Err(format!("byte {} of the line is not UTF-8", error.valid_up_to() + 1));
        }
        let mut object = parse_object(bytes, limits)
            .map_err(|error| format!("it is no JSON object ({}); is the file whole?", error.detail()))?;
        let Some(Value::String(kind)) = object.shift_remove("type") else {
            return Err(format!("it has no \"type\"; a line has one of {}", TYPES.join(", ")));
        };
        match kind.as_str() {
            HEADER => {
                let version = object.get("version").and_then(Value::as_u64);
                match version {
                    Some(FORMAT_VERSION) => fields(object).map(Self::Header),
                    Some(other) => Err(format!(
                        "the file has version {other} of the format and this program reads version {FORMAT_VERSION}: use the \
                         program of the version that has written it, or a newer one"
                    )),
                    None => Err("the header has no version".to_owned()),
                }
            }
            "organization" => fields(object).map(Self::Organization),
            "resource" => fields(object).map(Self::Resource),
            "user" => match fields::<UserLine>(object)? {
                UserLine { manager: Some(_), manager_follows: true, .. } => {
                    Err("it has both manager and managerFollows: one of the two says who the manager is"
                        .to_owned())
                }
                line => Ok(Self::User(line)),
            },
            "grant" => fields(object).map(Self::Grant),
            "manager" => fields(object).map(Self::Manager),
            "group" => fields(object).map(Self::Group),
            "members" => fields(object).map(Self::Members),
            "mapping" => fields(object).map(Self::Mapping),
            "defaultEnrollment" => fields(object).map(Self::DefaultEnrollment),
            "end" => fields(object).map(Self::End),
            unknown => Err(format!("the type {unknown:?} is not known; it is one of {}", TYPES.join(", "))),
        }
    }

    /// The word of its type.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Header(_) => HEADER,
            Self::Organization(_) => "organization",
            Self::Resource(_) => "resource",
            Self::User(_) => "user",
            Self::Grant(_) => "grant",
            Self::Manager(_) => "manager",
            Self::Group(_) => "group",
            Self::Members(_) => "members",
            Self::Mapping(_) => "mapping",
            Self::DefaultEnrollment(_) => "defaultEnrollment",
            Self::End(_) => "end",
        }
    }

    /// What it is about, for people.
    pub fn name(&self) -> String {
        let on = |organization: &str, resource: Option<&str>| match resource {
            Some(resource) => format!("{organization}/{resource}"),
            None => organization.to_owned(),
        };
        match self {
            Self::Header(line) => line.directory.clone(),
            Self::Organization(line) => line.name.clone(),
            Self::Resource(line) => format!("{}/{}:{}", line.organization, line.kind, line.name),
            Self::User(line) => text(&line.resource, "userName").to_owned(),
            Self::Group(line) => text(&line.resource, "displayName").to_owned(),
            Self::Manager(line) => line.user.clone(),
            Self::Members(line) => line.group.clone(),
            Self::Mapping(line) => {
                format!("{} in {}", line.group, on(&line.organization, line.resource.as_deref()))
            }
            Self::Grant(line) => {
                format!("{} in {}", line.user, on(&line.organization, line.resource.as_deref()))
            }
            Self::DefaultEnrollment(line) => line.organization.clone(),
            Self::End(_) => String::new(),
        }
    }
}

/// A text of a resource; nothing when it is not there.
pub(super) fn text<'o>(object: &'o Object, name: &str) -> &'o str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn fields<T: DeserializeOwned>(object: Object) -> Result<T, String> {
    serde_path_to_error::deserialize(Value::Object(object)).map_err(|error| {
        let path = error.path().to_string();
        if path == "." { error.into_inner().to_string() } else { format!("{path}: {}", error.into_inner()) }
    })
}

#[cfg(test)]
mod tests {
    use enroll_scim::Limits;

    use super::Line;

    fn read(text: &str) -> Result<Line, String> {
        Line::read(text.as_bytes(), &Limits::default())
    }

    #[test]
    fn a_line_is_written_as_it_is_read() {
        for text in [
            r#"{"type":"organization","name":"acme","displayName":"Acme","baseResourceRole":"write"}"#,
            r#"{"type":"user","resource":{"userName":"ada","name":{"givenName":"Ada"}}}"#,
            r#"{"type":"members","group":"Web","users":["ada"],"groups":["Inner"]}"#,
            r#"{"type":"mapping","group":"Web","organization":"acme","resource":"repository:site","role":"limited-write","paused":true}"#,
            r#"{"type":"grant","user":"ada","organization":"acme","role":"owner"}"#,
            r#"{"type":"user","resource":{"userName":"ada"},"manager":"bob"}"#,
            r#"{"type":"user","resource":{"userName":"ada"},"managerFollows":true}"#,
            r#"{"type":"manager","user":"ada","manager":"bob"}"#,
            r#"{"type":"defaultEnrollment","organization":"acme","role":"member"}"#,
            r#"{"type":"end","lines":7}"#,
        ] {
            assert_eq!(serde_json::to_string(&read(text).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn what_is_wrong_with_a_line_is_a_sentence() {
        for (text, said) in [
            ("", "JSON"),
            (r#"{"type":"user","resource":{"userName":"a"#, "is the file whole?"),
            ("[]", "JSON object"),
            (r#"{"resource":{}}"#, "no \"type\""),
            (r#"{"type":"person"}"#, "\"person\" is not known"),
            (r#"{"type":"user"}"#, "resource"),
            (r#"{"type":"user","resource":{},"secret":1}"#, "secret"),
            (r#"{"type":"user","resource":{},"manager":"bob","managerFollows":true}"#, "both manager and"),
            (r#"{"type":"group","resource":{},"manager":"bob"}"#, "manager"),
            (
                r#"{"type":"grant","user":"ada","organization":"acme","role":"boss"}"#,
                "role: this is not a role",
            ),
            (r#"{"type":"enroll-export","version":2,"anything":[]}"#, "version 2"),
            (r#"{"type":"enroll-export"}"#, "no version"),
            (r#"{"type":"end","lines":1,"lines":2}"#, "lines"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(said), "{text}: {error}");
        }
        let error = Line::read(b"{\"type\":\"\xff\"}", &Limits::default()).unwrap_err();
        assert!(error.contains("byte 10") && error.contains("UTF-8"), "{error}");
    }
}
