//! The form of a recorded exchange.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde_json::Value;

/// A request and what its sender expects. Strings may hold placeholders such as `{{user1}}`.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Recorded {
    /// What happens here, for people; unique in its file.
    pub name: String,
    /// The facts of the specification that this shows, such as `E-7`.
    #[serde(default)]
    pub source: Option<String>,
    /// The HTTP method.
    pub method: String,
    /// The path below the SCIM base URL.
    pub path: String,
    /// The query without its question mark, encoded as on the wire.
    #[serde(default)]
    pub query: String,
    /// The headers. `Authorization` is added unless it stands here; null leaves it out.
    #[serde(default)]
    pub headers: BTreeMap<String, Option<String>>,
    /// The JSON body.
    #[serde(default)]
    pub body: Option<Value>,
    /// A body that is not JSON.
    #[serde(default)]
    pub body_text: Option<String>,
    /// What a right answer looks like.
    pub expect: Expect,
    /// Placeholders for later requests, each with the JSON pointer of its value in this answer.
    #[serde(default)]
    pub capture: BTreeMap<String, String>,
}

/// What a right answer looks like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// The status, or several of which one is right.
    pub status: Statuses,
    /// Headers, each with what its value begins with.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What the body holds at least. An array is matched if each of its elements matches some element.
    #[serde(default)]
    pub body_subset: Option<Value>,
    /// JSON pointers of what must not be in the body.
    #[serde(default)]
    pub absent: Vec<String>,
    /// JSON pointers of arrays with their exact length; an absent array has length 0.
    #[serde(default)]
    pub count: BTreeMap<String, usize>,
    /// Whether the body must be empty.
    #[serde(default)]
    pub empty: bool,
}

/// One status or several.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Statuses {
    /// Only this one.
    One(u16),
    /// Any of these.
    Several(Vec<u16>),
}

impl Statuses {
    /// Whether the status is one of those expected.
    pub fn contains(&self, status: u16) -> bool {
        match self {
            Self::One(expected) => *expected == status,
            Self::Several(expected) => expected.contains(&status),
        }
    }
}

impl fmt::Display for Statuses {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(expected) => write!(formatter, "{expected}"),
            Self::Several(expected) => {
                let words: Vec<String> = expected.iter().map(u16::to_string).collect();
                formatter.write_str(&words.join(" or "))
            }
        }
    }
}
