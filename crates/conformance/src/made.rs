//! What a run has made on the server and has to delete again.

use serde_json::Value;

use crate::answer::Answer;
use crate::json::{at, elements, member};
use crate::request::{Request, encode};

/// Paths of resources, oldest first.
#[derive(Debug, Default)]
pub(crate) struct Made(Vec<Entry>);

#[derive(Debug)]
struct Entry {
    path: String,
    /// Used by many checks: deleted at the end of the run only.
    shared: bool,
}

impl Made {
    /// Reads from a request and its answer what exists now or no longer. Checks of refusals count too: a server that
    /// should have refused has made something.
    pub(crate) fn note(&mut self, base_url: &str, endpoints: &[&str], request: &Request, answer: &Answer) {
        let path = request.path.split('?').next().unwrap_or_default();
        match request.method.as_str() {
            "POST" if answer.is_success() && endpoints.contains(&path) => {
                let by_id = answer.at("id").as_str().map(|id| format!("{path}/{}", encode(id)));
                let location = answer.header("location").or_else(|| answer.at("meta/location").as_str());
                self.add(by_id.or_else(|| location.and_then(|location| below(base_url, location))));
            }
            "POST" if answer.is_success() && path.eq_ignore_ascii_case("/Bulk") => {
                for result in elements(answer.at("Operations")) {
                    if member(result, "method")
                        .as_str()
                        .is_some_and(|method| method.eq_ignore_ascii_case("POST"))
                    {
                        let location = at(result, "location").as_str();
                        self.add(location.and_then(|location| below(base_url, location)));
                    }
                }
            }
            // PUT must not create (RFC 7644 §3.5.1), but a server might.
            "PUT" if answer.status() == 201 => self.add(Some(path.to_owned())),
            "DELETE" if answer.is_success() || answer.status() == 404 => self.forget(path),
            _ => {}
        }
    }

    fn add(&mut self, path: Option<String>) {
        if let Some(path) = path
            && !self.0.iter().any(|entry| entry.path == path)
        {
            self.0.push(Entry { path, shared: false });
        }
    }

    /// It is gone.
    pub(crate) fn forget(&mut self, path: &str) {
        self.0.retain(|entry| entry.path != path);
    }

    /// Keeps it until the end of the run.
    pub(crate) fn share(&mut self, path: &str) {
        for entry in self.0.iter_mut().filter(|entry| entry.path == path) {
            entry.shared = true;
        }
    }

    /// What has to be deleted now, newest first: a group goes before its members.
    pub(crate) fn due(&self, at_the_end: bool) -> Vec<String> {
        let due = self.0.iter().rev().filter(|entry| at_the_end || !entry.shared);
        due.map(|entry| entry.path.clone()).collect()
    }
}

/// The path below the base URL, if the location is there: the token goes nowhere else.
pub(crate) fn below(base_url: &str, location: &str) -> Option<String> {
    let path = match location.strip_prefix(base_url) {
        Some(path) => path,
        None if location.contains("://") => return None,
        None => {
            // A relative reference, or one from the root of the host.
            let root =
                base_url.find("://").and_then(|at| base_url[at + 3..].find('/').map(|end| at + 3 + end));
            let base_path = root.map(|root| &base_url[root..]).unwrap_or_default();
            location.strip_prefix(base_path).unwrap_or(location)
        }
    };
    let path = path.trim_start_matches('/');
    (!path.is_empty()).then(|| format!("/{path}"))
}

/// The id in the location of a resource.
pub(crate) fn id_in(location: &Value) -> Option<&str> {
    location.as_str().and_then(|location| location.rsplit('/').next()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::below;

    #[test]
    fn a_location_is_followed_only_below_the_base_url() {
        let base = "https://scim.example.com/scim/v2";
        assert_eq!(below(base, "https://scim.example.com/scim/v2/Users/1").as_deref(), Some("/Users/1"));
        assert_eq!(below(base, "/scim/v2/Users/1").as_deref(), Some("/Users/1"));
        assert_eq!(below(base, "Users/1").as_deref(), Some("/Users/1"));
        assert_eq!(below(base, "https://elsewhere.example/scim/v2/Users/1"), None);
    }
}
