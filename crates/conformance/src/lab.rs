//! What a check works with: requests that are recorded, resources that are deleted afterwards, and what the server says
//! of itself.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::answer::Answer;
use crate::check::{Stop, Verdict, fault, skip};
use crate::client::Client;
use crate::exchange::Exchange;
use crate::features::Features;
use crate::json::elements;
use crate::made;
use crate::people::People;
use crate::request::{Request, encode};
use crate::{specimen, urn};

/// A resource that a check has made.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) id: String,
    /// Below the base URL, such as `/Users/2819`.
    pub(crate) path: String,
    /// What was sent.
    pub(crate) sent: Value,
    /// What was answered.
    pub(crate) body: Value,
}

/// The state of a run.
#[derive(Debug)]
pub(crate) struct Lab {
    pub(crate) features: Features,
    client: Client,
    run: String,
    names: AtomicUsize,
    requests: AtomicUsize,
    trace: Mutex<Vec<Exchange>>,
    made: Mutex<made::Made>,
    people: OnceCell<Result<People, String>>,
}

impl Lab {
    pub(crate) fn new(client: Client, run: &str) -> Self {
        Self {
            features: Features::default(),
            client,
            run: format!("conform-{run}"),
            names: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            trace: Mutex::default(),
            made: Mutex::default(),
            people: OnceCell::new(),
        }
    }

    pub(crate) fn base_url(&self) -> &str {
        self.client.base_url()
    }

    /// Skips the check unless there is a token.
    pub(crate) fn need_token(&self) -> Verdict {
        if self.client.has_token() { Ok(()) } else { skip("the run has no token") }
    }

    /// What every name of the run begins with.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    /// A name that nothing else has.
    pub(crate) fn name(&self) -> String {
        format!("{}-{}", self.run, self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// How many requests were sent.
    pub(crate) fn requests(&self) -> usize {
        self.requests.load(Ordering::Relaxed)
    }

    /// Sends a request; that there is an answer is all that is checked.
    pub(crate) async fn send(&self, request: Request) -> Verdict<Answer> {
        let answer = self.send_quietly(&request).await;
        if answer.status() == 0 { answer.expect(&[200]) } else { Ok(answer) }
    }

    /// The same, where no answer is an answer of status 0.
    pub(crate) async fn send_quietly(&self, request: &Request) -> Answer {
        let exchange = self.client.send(request).await;
        self.requests.fetch_add(1, Ordering::Relaxed);
        lock(&self.trace).push(exchange.shortened());
        let answer = Answer::new(exchange);
        let endpoints = [self.users(), self.features.endpoint(urn::GROUP).unwrap_or("/Groups"), "/Me"];
        lock(&self.made).note(self.base_url(), &endpoints, request, &answer);
        answer
    }

    /// What was sent and answered since the last call.
    pub(crate) fn take_trace(&self) -> Vec<Exchange> {
        std::mem::take(&mut *lock(&self.trace))
    }

    /// Deletes what the check has made, or at the end everything; gives what could not be deleted.
    pub(crate) async fn clean_up(&self, at_the_end: bool) -> Vec<String> {
        let due = lock(&self.made).due(at_the_end);
        let mut left = Vec::new();
        for path in due {
            let answer = self.send_quietly(&Request::delete(path.clone())).await;
            if !answer.is_success() && answer.status() != 404 {
                lock(&self.made).forget(&path);
                left.push(path);
            }
        }
        left
    }

    /// Keeps a resource until the end of the run.
    pub(crate) fn share(&self, made: &Made) {
        lock(&self.made).share(&made.path);
    }

    /// The endpoint of users.
    pub(crate) fn users(&self) -> &str {
        self.features.endpoint(urn::USER).unwrap_or("/Users")
    }

    /// The endpoint of groups; skips the check if there is none.
    pub(crate) fn groups(&self) -> Verdict<&str> {
        match self.features.endpoint(urn::GROUP) {
            Some(endpoint) => Ok(endpoint),
            None if self.features.resource_types.is_empty() => Ok("/Groups"),
            None => skip("ResourceTypes has no Group"),
        }
    }

    /// A user's body with names that nothing else has.
    pub(crate) fn new_user(&self) -> Value {
        specimen::user(&self.features, &self.name())
    }

    /// Sets an attribute in a user's body unless the server's schema does not have it.
    pub(crate) fn set(&self, body: &mut Value, attribute: &str, value: Value) {
        if (attribute == "externalId" || self.features.has(urn::USER, attribute))
            && let Some(body) = body.as_object_mut()
        {
            body.insert(attribute.to_owned(), value);
        }
    }

    /// The optional text attribute of users that checks change, the first that the server's schema has.
    pub(crate) fn text_attribute(&self) -> &'static str {
        let known = ["title", "nickName", "userType", "displayName"];
        known.into_iter().find(|name| self.features.has(urn::USER, name)).unwrap_or("displayName")
    }

    /// Makes a user; skips the check if the server does not.
    pub(crate) async fn user(&self) -> Verdict<Made> {
        self.make_user(&self.new_user()).await
    }

    /// Makes a user with attributes beyond the usual.
    pub(crate) async fn user_with(&self, attributes: &Value) -> Verdict<Made> {
        let mut body = self.new_user();
        for (name, value) in attributes.as_object().into_iter().flatten() {
            self.set(&mut body, name, value.clone());
        }
        self.make_user(&body).await
    }

    /// Makes a user of this body; skips the check if the server does not.
    pub(crate) async fn make_user(&self, body: &Value) -> Verdict<Made> {
        self.make(self.users(), body).await
    }

    /// Makes a group with these members; skips the check if the server does not.
    pub(crate) async fn group(&self, members: &[&Made]) -> Verdict<Made> {
        let mut body = specimen::group(&self.features, &self.name());
        if !members.is_empty() {
            body["members"] = members.iter().map(|member| json!({"value": member.id})).collect();
        }
        self.make(self.groups()?, &body).await
    }

    async fn make(&self, endpoint: &str, body: &Value) -> Verdict<Made> {
        let answer = self.send(Request::post(endpoint, body)).await?;
        let id = answer.at("id").as_str().or_else(|| made::id_in(answer.at("meta/location")));
        match id {
            Some(id) if answer.status() == 201 => Ok(Made {
                id: id.to_owned(),
                path: format!("{endpoint}/{}", encode(id)),
                sent: body.clone(),
                body: answer.json().clone(),
            }),
            _ => skip(format!(
                "a resource for the check could not be made: {} answered {}",
                answer.request(),
                answer.status()
            )),
        }
    }

    /// The shared people; skips the check if they could not be made.
    pub(crate) async fn people(&self) -> Verdict<&People> {
        let people = self.people.get_or_init(async || {
            People::make(self).await.map_err(|stop| match stop {
                Stop::Fault(reason) | Stop::Skip(reason) => reason,
            })
        });
        people.await.as_ref().map_err(|reason| Stop::Skip(reason.clone()))
    }

    /// GET of a path, which must answer 200 with an object.
    pub(crate) async fn read(&self, path: &str) -> Verdict<Answer> {
        self.send(Request::get(path)).await?.object()
    }

    /// A PATCH that must succeed, and the resource read afterwards. Skips the check where PATCH is not supported.
    pub(crate) async fn patched(&self, made: &Made, operations: Value) -> Verdict<Answer> {
        self.patch(made, operations).await?.expect(&[200, 204])?;
        self.read(&made.path).await
    }

    /// A PATCH. Skips the check where PATCH is not supported.
    pub(crate) async fn patch(&self, made: &Made, operations: Value) -> Verdict<Answer> {
        self.features.need("patch")?;
        let body = json!({"schemas": [urn::PATCH], "Operations": operations});
        self.send(Request::patch(&made.path, &body)).await
    }

    /// A PATCH that must be refused with 400 and leave the resource as it was.
    pub(crate) async fn patch_refused(&self, made: &Made, operations: Value) -> Verdict<Answer> {
        let before = self.read(&made.path).await?;
        let answer = self.patch(made, operations).await?.expect(&[400])?;
        let after = self.read(&made.path).await?;
        if before.json() != after.json() {
            return fault(format!("{} was refused and has changed the resource", answer.request()));
        }
        Ok(answer)
    }

    /// GET of a list of users with these query parameters.
    pub(crate) async fn query(&self, parameters: &[(&str, &str)]) -> Verdict<Answer> {
        let answer = self.query_quietly(self.users(), parameters).await;
        if answer.status() == 0 { answer.expect(&[200]) } else { Ok(answer) }
    }

    async fn query_quietly(&self, endpoint: &str, parameters: &[(&str, &str)]) -> Answer {
        let request = Request::get(endpoint);
        let request = parameters.iter().fold(request, |request, (name, value)| request.query(name, value));
        let answer = self.send_quietly(&request).await;
        if answer.at("scimType") == "sensitive" {
            // The server takes personal data in a body only: RFC 7644 §7.5.2 says 403, Table 9 can be read as 400.
            return self.send_quietly(&Request::search(endpoint, parameters)).await;
        }
        answer
    }

    /// Deletes what has a name of this run and was not noticed when it was made. Other resources are left alone even
    /// if the server ignores the filter.
    pub(crate) async fn sweep(&self) {
        if !self.features.supports("filter") {
            return;
        }
        for (endpoint, attribute) in [(Ok(self.users()), "userName"), (self.groups(), "displayName")] {
            let Ok(endpoint) = endpoint else { continue };
            let filter = format!("{attribute} sw \"{}\"", self.run);
            let found = self.query_quietly(endpoint, &[("filter", &filter)]).await;
            for resource in elements(found.at("Resources")) {
                let name = crate::json::member(resource, attribute).as_str().unwrap_or_default();
                let ours = name.to_ascii_lowercase().starts_with(&self.run);
                if let (true, Some(id)) = (ours, crate::json::member(resource, "id").as_str()) {
                    let path = format!("{endpoint}/{}", encode(id));
                    self.send_quietly(&Request::new(Method::DELETE, path)).await;
                }
            }
        }
    }
}

/// A poisoned lock holds whole entries all the same.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
