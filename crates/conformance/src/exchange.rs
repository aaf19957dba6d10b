//! One request and what came back, as evidence.

use std::fmt;

use serde::Serialize;

/// How much of a body is kept.
const KEPT: usize = 8_000;
/// How much of a body people are shown.
const SHOWN: usize = 1_200;

/// A request and its answer. The token is never part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    /// The HTTP method.
    pub method: String,
    /// The whole URL.
    pub url: String,
    /// The headers that were sent; the credentials are replaced.
    pub request_headers: Vec<(String, String)>,
    /// The body that was sent, shortened when long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<String>,
    /// The HTTP status; absent if no answer came.
    pub status: Option<u16>,
    /// The headers of the answer; cookies are left out.
    pub response_headers: Vec<(String, String)>,
    /// The body of the answer, shortened when long.
    pub response_body: String,
    /// Why no answer came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transport_error: Option<String>,
}

impl Exchange {
    /// The first header of the answer of that name.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let of_name = |(key, _): &&(String, String)| key.eq_ignore_ascii_case(name);
        self.response_headers.iter().find(of_name).map(|(_, value)| value.as_str())
    }

    /// The same with bodies short enough to keep many of them.
    pub(crate) fn shortened(&self) -> Self {
        let mut copy = self.clone();
        copy.response_body = shorten(&copy.response_body, KEPT);
        copy.request_body = copy.request_body.map(|body| shorten(&body, KEPT));
        copy
    }
}

fn shorten(text: &str, length: usize) -> String {
    match text.char_indices().nth(length) {
        Some((end, _)) => format!("{}… ({} bytes)", &text[..end], text.len()),
        None => text.to_owned(),
    }
}

impl Exchange {
    /// The exchange in few lines, for what led to the one that matters.
    pub(crate) fn outline(&self) -> String {
        let body = self.request_body.as_ref().map(|body| format!("> {}\n", shorten(body, SHOWN)));
        let status = self.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        format!("> {} {}\n{}< {status}", self.method, self.url, body.unwrap_or_default())
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "> {} {}", self.method, self.url)?;
        for (name, value) in &self.request_headers {
            writeln!(formatter, "> {name}: {value}")?;
        }
        if let Some(body) = &self.request_body {
            writeln!(formatter, "> {}", shorten(body, SHOWN))?;
        }
        match (self.status, &self.transport_error) {
            (Some(status), None) => {
                write!(formatter, "< {status}")?;
                for (name, value) in &self.response_headers {
                    write!(formatter, "\n< {name}: {value}")?;
                }
                let body = shorten(&self.response_body, SHOWN);
                if body.is_empty() { Ok(()) } else { write!(formatter, "\n< {body}") }
            }
            (_, Some(error)) => write!(formatter, "< no answer: {error}"),
            (None, None) => write!(formatter, "< no answer"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn a_long_body_is_cut_between_characters() {
        assert_eq!(shorten("äöü", 2), "äö… (6 bytes)");
        assert_eq!(shorten("äöü", 3), "äöü");
    }
}
