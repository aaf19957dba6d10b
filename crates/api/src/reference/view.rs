//! What the page shows, from the document.

use askama::Template;
use serde_json::Value;

use super::rows::{Row, Schemas};
use super::sample::curl;
use super::text::{Piece, Text, pieces, text};
use crate::parse::media_type::JSON_LINES;

/// The methods in the order in which they are shown.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// The whole page.
#[derive(Template)]
#[template(path = "reference.html")]
pub(super) struct Page<'d> {
    title: &'d str,
    server: &'d str,
    text: Text<'d>,
    token: Text<'d>,
    tags: Vec<Tag<'d>>,
}

/// Operations about one thing.
struct Tag<'d> {
    name: &'d str,
    anchor: String,
    text: Text<'d>,
    operations: Vec<Operation<'d>>,
}

/// One operation.
struct Operation<'d> {
    id: &'d str,
    method: &'d str,
    path: &'d str,
    summary: Vec<Piece<'d>>,
    text: Text<'d>,
    needs: Vec<Need<'d>>,
    parameters: Vec<(&'d str, Row<'d>)>,
    body: Option<Body<'d>>,
    answers: Vec<Answer<'d>>,
    refusals: Vec<(&'d str, &'static str)>,
    curl: String,
}

/// What a sender has to show.
enum Need<'d> {
    Scope(&'d str),
    Session,
}

/// A body.
struct Body<'d> {
    media_types: String,
    kind: String,
    text: Text<'d>,
    rows: Vec<Row<'d>>,
}

/// An answer to a request that was carried out.
struct Answer<'d> {
    status: &'d str,
    text: Text<'d>,
    has_etag: bool,
    body: Option<Body<'d>>,
}

impl<'d> Page<'d> {
    /// The page for an instance whose API is at `server`.
    pub(super) fn of(document: &'d Value, server: &'d str) -> Self {
        let tags = list(document, "/tags").filter_map(|tag| {
            let name = string(tag, "/name");
            let operations = operations(document, name, server);
            (!operations.is_empty()).then(|| Tag {
                name,
                anchor: anchor(name),
                text: text(string(tag, "/description")),
                operations,
            })
        });
        Self {
            title: string(document, "/info/title"),
            server,
            text: text(string(document, "/info/description")),
            token: text(string(document, "/components/securitySchemes/token/description")),
            tags: tags.collect(),
        }
    }
}

fn operations<'d>(document: &'d Value, tag: &str, server: &str) -> Vec<Operation<'d>> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    let all = paths.flat_map(|(path, item)| {
        METHODS.iter().filter_map(move |method| Some((path.as_str(), item, *method, item.get(method)?)))
    });
    all.filter(|(_, _, _, said)| string(said, "/tags/0") == tag)
        .map(|(path, item, method, said)| operation(document, server, path, item, method, said))
        .collect()
}

fn operation<'d>(
    document: &'d Value,
    server: &str,
    path: &'d str,
    item: &'d Value,
    method: &'d str,
    said: &'d Value,
) -> Operation<'d> {
    let schemas = Schemas(document);
    let parameters: Vec<&Value> = list(item, "/parameters")
        .chain(list(said, "/parameters"))
        .map(|parameter| schemas.behind(parameter).0)
        .collect();
    let shown = parameters.iter().map(|parameter| {
        let is_required = parameter.get("required").is_some_and(|required| required == true);
        let schema = parameter.get("schema").unwrap_or(&Value::Null);
        let mut row = schemas.row(string(parameter, "/name"), schema, 0, is_required);
        row.text = text(string(parameter, "/description"));
        (string(parameter, "/in"), row)
    });
    let body = said.get("requestBody").and_then(|body| self::body(schemas, body.get("content")?));
    let sample =
        said.pointer("/requestBody/content/application~1json/schema").map(|schema| schemas.sample(schema));
    let needs: Vec<Need<'_>> = list(said, "/security")
        .map(|need| need.pointer("/token/0").and_then(Value::as_str).map_or(Need::Session, Need::Scope))
        .collect();
    let shows = needs.first().map(|need| if matches!(need, Need::Session) { "session" } else { "token" });
    let mut command = curl(method, &format!("{server}{path}"), &parameters, shows, sample.as_ref());
    if said.pointer("/requestBody/content").is_some_and(|content| content.get(JSON_LINES).is_some()) {
        command
            .push_str(&format!(" \\\n  -H \"Content-Type: {JSON_LINES}\" \\\n  --data-binary @lines.jsonl"));
    }
    let responses = || said.get("responses").and_then(Value::as_object).into_iter().flatten();
    let answers = responses().filter(|(status, _)| status.starts_with('2')).map(|(status, answer)| Answer {
        status,
        text: text(string(answer, "/description")),
        has_etag: answer.pointer("/headers/ETag").is_some(),
        body: answer.get("content").and_then(|content| self::body(schemas, content)),
    });
    let refusals = responses().filter(|(status, _)| status.starts_with('4'));
    Operation {
        id: string(said, "/operationId"),
        method,
        path,
        summary: pieces(string(said, "/summary")),
        text: text(string(said, "/description")),
        curl: command,
        needs,
        parameters: shown.collect(),
        body,
        answers: answers.collect(),
        refusals: refusals.map(|(status, _)| (status.as_str(), reason(status))).collect(),
    }
}

fn body<'d>(schemas: Schemas<'d>, content: &'d Value) -> Option<Body<'d>> {
    let content = content.as_object()?;
    let schema = content.values().next()?.get("schema")?;
    let (behind, _) = schemas.behind(schema);
    Some(Body {
        media_types: content.keys().map(String::as_str).collect::<Vec<_>>().join(", "),
        kind: schemas.kind(schema),
        text: text(string(behind, "/description")),
        rows: schemas.rows(schema),
    })
}

/// Why requests are refused with a status, in a few words.
fn reason(status: &str) -> &'static str {
    match status {
        "400" => "something in the request cannot be read",
        "401" => "nobody has signed in, or the token is not valid",
        "403" => "the scope is not enough",
        "404" => "something that is named is not there",
        "409" => "it does not go together with what is there, or a name stands for several",
        "410" => "the events from there on are not kept any more",
        "412" => "there is another version",
        "413" => "the body is too large",
        "415" => "the body is sent as another type than JSON",
        "422" => "the Idempotency-Key was used for another request",
        _ => "refused",
    }
}

fn anchor(name: &str) -> String {
    name.to_lowercase().replace(' ', "-")
}

fn string<'d>(value: &'d Value, pointer: &str) -> &'d str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn list<'d>(value: &'d Value, pointer: &str) -> impl Iterator<Item = &'d Value> {
    value.pointer(pointer).and_then(Value::as_array).into_iter().flatten()
}
