//! Users and groups in memory.

use serde_json::{Value, json};

use super::{Fault, error, patch};

#[derive(Debug)]
pub(crate) struct Store {
    fault: Fault,
    pub(crate) users: Vec<Value>,
    groups: Vec<Value>,
    made: usize,
}

type Reply = (u16, Option<Value>);

fn folded(resource: &Value, name: &str) -> Option<String> {
    resource.get(name).and_then(Value::as_str).map(str::to_lowercase)
}

impl Store {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, users: Vec::new(), groups: Vec::new(), made: 0 }
    }

    pub(crate) fn memberships(&self) -> Vec<(String, Vec<String>)> {
        let name_of = |member: &Value| {
            let user = self.users.iter().find(|user| user["id"] == member["value"]);
            user.map_or_else(String::new, |user| user["userName"].as_str().unwrap().to_owned())
        };
        let of = |group: &Value| {
            let mut names: Vec<String> = group["members"].as_array().unwrap().iter().map(name_of).collect();
            names.sort();
            (group["displayName"].as_str().unwrap().to_owned(), names)
        };
        self.groups.iter().map(of).collect()
    }

    pub(crate) fn handle(&mut self, method: &str, path: &str, query: &str, body: Value) -> Reply {
        let query: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let parameter = |name: &str| query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let mut parts = path.trim_start_matches('/').splitn(2, '/');
        let (collection, id) = (parts.next().unwrap(), parts.next());
        let unique = if collection == "Users" { "userName" } else { "displayName" };
        let fault = self.fault;
        let hide_members = parameter("excludedAttributes") == Some("members");
        let list = match collection {
            "Users" => &mut self.users,
            "Groups" => &mut self.groups,
            _ => return (200, Some(page(&[], 1, 0))),
        };
        let shown = |resource: &Value| {
            let mut resource = resource.clone();
            if hide_members {
                resource.as_object_mut().unwrap().remove("members");
            }
            resource
        };
        let taken = |list: &[Value], candidate: &Value, id: Option<&str>| {
            list.iter().any(|r| folded(r, unique) == folded(candidate, unique) && r["id"].as_str() != id)
        };
        let Some(id) = id else {
            if method == "POST" {
                if taken(list, &body, None) {
                    return (409, Some(error(409, Some("uniqueness"), "the name is taken")));
                }
                self.made += 1;
                let created = normal(body, &format!("id-{:05}", self.made));
                list.push(created.clone());
                return (201, Some(created));
            }
            let number = |name: &str, default| parameter(name).map_or(default, |v| v.parse().unwrap());
            let filter = parameter("filter");
            let mut found: Vec<Value> =
                list.iter().filter(|r| filter.is_none_or(|f| matches(r, f, fault))).map(shown).collect();
            let count = number("count", 100);
            if fault == Fault::UnstableOrder && count == 37 {
                found.reverse();
            }
            return (200, Some(page(&found, number("startIndex", 1), count)));
        };
        let Some(index) = list.iter().position(|r| r["id"] == id) else {
            return (404, Some(error(404, None, "there is no such resource")));
        };
        match method {
            "GET" => (200, Some(shown(&list[index]))),
            "DELETE" => {
                list.remove(index);
                (204, None)
            }
            "PUT" | "PATCH" => {
                let changed = if method == "PUT" {
                    normal(body, id)
                } else {
                    let mut changed = list[index].clone();
                    patch::apply(&mut changed, &body, fault);
                    normal(changed, id)
                };
                if taken(list, &changed, Some(id)) {
                    return (409, Some(error(409, Some("uniqueness"), "the name is taken")));
                }
                list[index] = changed.clone();
                if collection == "Groups" && method == "PATCH" { (204, None) } else { (200, Some(changed)) }
            }
            _ => (405, Some(error(405, None, "no such method"))),
        }
    }
}

/// What a server makes of a body: its own id, real booleans, no password, members present.
fn normal(mut body: Value, id: &str) -> Value {
    let object = body.as_object_mut().unwrap();
    object.insert("id".into(), json!(id));
    object.remove("password");
    object.remove("groups");
    object.retain(|_, value| !value.is_null() && *value != json!("") && *value != json!([]));
    for (_, value) in object.iter_mut() {
        for element in value.as_array_mut().into_iter().flatten() {
            if let Some(primary) = element.get_mut("primary") {
                *primary = patch::real_boolean(primary);
            }
        }
    }
    match object.get_mut("active") {
        Some(active) => *active = patch::real_boolean(active),
        None => {
            object.entry("members").or_insert(json!([]));
        }
    }
    body
}

fn page(found: &[Value], start: usize, count: usize) -> Value {
    let resources: Vec<&Value> = found.iter().skip(start.max(1) - 1).take(count).collect();
    json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
        "totalResults": found.len(), "startIndex": start, "itemsPerPage": resources.len(),
        "Resources": resources
    })
}

/// `attribute eq "value"`, also with `emails[type eq "work"].value` as the attribute.
fn matches(resource: &Value, filter: &str, fault: Fault) -> bool {
    let (attribute, value) = filter.rsplit_once(" eq ").unwrap();
    let value: String = serde_json::from_str(value).unwrap();
    if fault == Fault::HidesInactive && resource.get("active") == Some(&json!(false)) {
        return false;
    }
    if attribute.starts_with("emails[") {
        let mut emails = resource["emails"].as_array().into_iter().flatten();
        return emails.any(|email| email["type"] == "work" && email["value"] == value);
    }
    folded(resource, attribute) == Some(value.to_lowercase())
}
