//! A second PATCH, as naive as can be: plain JSON, a few attributes by name, one paragraph of RFC 7644 §3.5.2 after the
//! other. It shares nothing with the crate. The properties compare the two.

use serde_json::{Map, Value, json};

/// A place in a user, of the few that the oracle knows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Path {
    /// No path.
    Resource,
    /// `title`, or `urn:…:User:department` when it is one of the extension.
    Simple(&'static str),
    /// `name`
    Name,
    /// `name.givenName`
    NamePart(&'static str),
    /// `emails` or `addresses`
    List(&'static str),
    /// `emails[type eq "work"]`
    Selected(&'static str, &'static str, &'static str),
    /// `emails[type eq "work"].value`
    SelectedPart(&'static str, &'static str, &'static str, &'static str),
    /// `emails.display`
    EveryPart(&'static str, &'static str),
}

#[derive(Debug, Clone)]
pub(crate) struct Operation {
    pub(crate) op: &'static str,
    pub(crate) path: Path,
    pub(crate) value: Value,
}

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

impl Operation {
    /// The operation as a client writes it.
    pub(crate) fn written(&self) -> Value {
        let path = match &self.path {
            Path::Resource => None,
            Path::Simple("department") => Some(format!("{ENTERPRISE}:department")),
            Path::Simple(name) | Path::List(name) => Some((*name).to_owned()),
            Path::Name => Some("name".to_owned()),
            Path::NamePart(part) => Some(format!("name.{part}")),
            Path::Selected(list, key, text) => Some(format!("{list}[{key} eq \"{text}\"]")),
            Path::SelectedPart(list, key, text, part) => Some(format!("{list}[{key} eq \"{text}\"].{part}")),
            Path::EveryPart(list, part) => Some(format!("{list}.{part}")),
        };
        let mut written = json!({"op": self.op});
        if let Some(path) = path {
            written["path"] = json!(path);
        }
        if self.op != "remove" {
            written["value"] = self.value.clone();
        }
        written
    }
}

/// The user after the operations, or the keyword of the error. `creates` says what happens when a filter selects nothing.
pub(crate) fn apply(user: &Value, operations: &[Operation], creates: bool) -> Result<Value, &'static str> {
    if let Some(keyword) = operations.iter().find_map(refused_by_schema) {
        return Err(keyword);
    }
    // "If a single operation encounters an error condition, the original SCIM resource MUST be restored."
    let mut result = user.clone();
    for operation in operations {
        step(&mut result, operation, creates)?;
    }
    if result != *user {
        for list in ["emails", "addresses"] {
            collapse(&mut result, list);
        }
    }
    Ok(result)
}

/// What is refused whatever the resource is like: `userName` is required.
fn refused_by_schema(operation: &Operation) -> Option<&'static str> {
    let is_null = |value: Option<&Value>| value == Some(&Value::Null);
    match (operation.op, &operation.path) {
        // "If an attribute is removed [...] and is defined as a required attribute [...] "mutability"."
        ("remove", Path::Simple("userName")) => Some("mutability"),
        (_, Path::Simple("userName")) if operation.value.is_null() => Some("invalidValue"),
        (_, Path::Resource) if is_null(operation.value.get("userName")) => Some("invalidValue"),
        _ => None,
    }
}

fn step(user: &mut Value, operation: &Operation, creates: bool) -> Result<(), &'static str> {
    let Operation { op, path, value } = operation;
    match (*op, path) {
        // "If "path" is unspecified, the operation fails with HTTP status code 400 and a "scimType" error code of "noTarget"."
        ("remove", Path::Resource) => return Err("noTarget"),
        // "In this case, the "value" attribute SHALL contain a list of one or more attributes."
        (_, Path::Resource) => {
            for (name, value) in value.as_object().unwrap() {
                let path = match name.as_str() {
                    "name" => Path::Name,
                    "emails" => Path::List("emails"),
                    "addresses" => Path::List("addresses"),
                    "displayName" => Path::Simple("displayName"),
                    "title" => Path::Simple("title"),
                    "userName" => Path::Simple("userName"),
                    other => panic!("{other}"),
                };
                step(user, &Operation { op, path, value: value.clone() }, creates)?;
            }
        }
        ("remove", Path::Simple(name)) => set(holder(user, name), name, Value::Null),
        // "If the target location is a single-value attribute, the attributes value is replaced."
        (_, Path::Simple(name)) => set(holder(user, name), name, value.clone()),
        ("remove", Path::Name) => set(user.as_object_mut().unwrap(), "name", Value::Null),
        (_, Path::Name) if value.is_null() => set(user.as_object_mut().unwrap(), "name", Value::Null),
        // "Sub-attributes that are not specified in the "value" parameter are left unchanged."
        (_, Path::Name) => parts(user, value.as_object().unwrap()),
        ("remove", Path::NamePart(part)) => parts(user, &one(part, Value::Null)),
        (_, Path::NamePart(part)) => parts(user, &one(part, value.clone())),
        (_, Path::List(list)) => whole_list(user, list, op, value),
        (_, Path::Selected(list, key, text)) => {
            selected(
                user,
                list,
                &|element| is(element, key, text),
                Some((key, text)),
                op,
                None,
                value,
                creates,
            )?;
        }
        (_, Path::SelectedPart(list, key, text, part)) => {
            selected(
                user,
                list,
                &|element| is(element, key, text),
                Some((key, text)),
                op,
                Some(part),
                value,
                creates,
            )?;
        }
        (_, Path::EveryPart(list, part)) => {
            selected(user, list, &|_| true, None, op, Some(part), value, true)?;
        }
    }
    tidy(user);
    Ok(())
}

fn one(name: &str, value: Value) -> Map<String, Value> {
    Map::from_iter([(name.to_owned(), value)])
}

fn holder<'u>(user: &'u mut Value, name: &str) -> &'u mut Map<String, Value> {
    let user = user.as_object_mut().unwrap();
    if name == "department" {
        return user.entry(ENTERPRISE).or_insert_with(|| json!({})).as_object_mut().unwrap();
    }
    user
}

fn set(object: &mut Map<String, Value>, name: &str, value: Value) {
    object.insert(name.to_owned(), value);
    object.retain(|_, value| !value.is_null());
}

fn parts(user: &mut Value, given: &Map<String, Value>) {
    let name = user.as_object_mut().unwrap().entry("name").or_insert_with(|| json!({}));
    for (part, value) in given {
        set(name.as_object_mut().unwrap(), part, value.clone());
    }
}

fn list_of<'u>(user: &'u mut Value, name: &str) -> &'u mut Vec<Value> {
    user.as_object_mut().unwrap().entry(name).or_insert_with(|| json!([])).as_array_mut().unwrap()
}

fn whole_list(user: &mut Value, name: &str, op: &str, value: &Value) {
    let list = list_of(user, name);
    let given = match value {
        Value::Array(given) => given.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    };
    if op != "add" {
        // "the attribute and all values are removed"; "the attribute and all values are replaced"
        list.clear();
    }
    if op == "remove" {
        return;
    }
    let mut latest = None;
    for element in given {
        // "If the target location already contains the value specified, no changes SHOULD be made."
        let at = match list.iter().position(|existing| contains(existing, &element)) {
            Some(at) => {
                for (part, value) in element.as_object().unwrap() {
                    list[at][part] = value.clone();
                }
                at
            }
            None => {
                list.push(element.clone());
                list.len() - 1
            }
        };
        if element["primary"] == true {
            latest = Some(at);
        }
    }
    reset_primary(list, latest);
}

/// The same value, under the same type where one is given.
fn contains(existing: &Value, element: &Value) -> bool {
    if element.get("value").is_none() && existing.get("value").is_none() {
        return lower(existing) == lower(element);
    }
    lower(&existing["value"]) == lower(&element["value"])
        && (element.get("type").is_none() || lower(&existing["type"]) == lower(&element["type"]))
}

fn lower(value: &Value) -> Value {
    serde_json::from_str(&value.to_string().to_lowercase()).unwrap()
}

fn is(element: &Value, key: &str, text: &str) -> bool {
    element[key].as_str().is_some_and(|own| own.to_lowercase() == text.to_lowercase())
}

#[expect(
    clippy::too_many_arguments,
    reason = "every case of a filter in one place, to be read beside the RFC"
)]
fn selected(
    user: &mut Value,
    name: &str,
    matches: &dyn Fn(&Value) -> bool,
    said: Option<(&str, &str)>,
    op: &str,
    part: Option<&str>,
    value: &Value,
    creates: bool,
) -> Result<(), &'static str> {
    let list = list_of(user, name);
    let found: Vec<usize> = (0..list.len()).filter(|at| matches(&list[*at])).collect();
    if op == "remove" {
        for at in found.into_iter().rev() {
            match part {
                // "Sub-attributes whose values have been removed SHALL be considered unassigned."
                Some(part) => set(list[at].as_object_mut().unwrap(), part, Value::Null),
                // "the matching records are removed"
                None => drop(list.remove(at)),
            }
        }
        return Ok(());
    }
    let given = part.map_or_else(|| value.as_object().unwrap().clone(), |part| one(part, value.clone()));
    let begin = || said.map_or_else(Map::new, |(key, text)| one(key, json!(text)));
    let mut latest = None;
    if found.is_empty() {
        if !creates {
            // "no record match was made, the service provider SHALL indicate failure [...] "noTarget""
            return Err("noTarget");
        }
        if given.values().all(Value::is_null) {
            return Ok(());
        }
        list.push(Value::Object(begin()));
    }
    let found = if found.is_empty() { vec![list.len() - 1] } else { found };
    for at in found {
        if op == "replace" && part.is_none() {
            // "all matching record values SHALL be replaced"; they remain what the filter says of them
            list[at] = Value::Object(begin());
        }
        for (name, value) in &given {
            set(list[at].as_object_mut().unwrap(), name, value.clone());
        }
        if given.get("primary") == Some(&json!(true)) {
            latest = Some(at);
        }
    }
    reset_primary(list, latest);
    Ok(())
}

/// "[...] SHALL cause the server to automatically set "primary" to "false" for any other values in the array."
fn reset_primary(list: &mut [Value], latest: Option<usize>) {
    for (at, element) in list.iter_mut().enumerate() {
        if latest.is_some_and(|latest| latest != at) && element["primary"] == true {
            element["primary"] = json!(false);
        }
    }
}

/// RFC 7643 §2.5: unassigned, `null` and empty are the same.
fn tidy(user: &mut Value) {
    let user = user.as_object_mut().unwrap();
    for list in ["emails", "addresses"] {
        if let Some(list) = user.get_mut(list).and_then(Value::as_array_mut) {
            for element in list.iter_mut() {
                element.as_object_mut().unwrap().retain(|_, part| !part.is_null());
            }
            list.retain(|element| *element != json!({}));
        }
    }
    user.retain(|_, value| *value != json!({}) && *value != json!([]));
}

/// RFC 7643 §2.4: the same (type, value) is not returned twice; what was primary stays so.
pub(crate) fn collapse(user: &mut Value, name: &str) {
    let Some(list) = user.get_mut(name).and_then(Value::as_array_mut) else { return };
    let mut kept: Vec<Value> = Vec::new();
    for element in list.drain(..) {
        let is_same = |other: &&mut Value| {
            if element.get("value").is_none() || other.get("value").is_none() {
                return lower(other) == lower(&element);
            }
            lower(&other["value"]) == lower(&element["value"])
                && lower(&other["type"]) == lower(&element["type"])
        };
        match kept.iter_mut().find(is_same) {
            Some(first) if element["primary"] == true => first["primary"] = json!(true),
            Some(_) => {}
            None => kept.push(element),
        }
    }
    *list = kept;
}
