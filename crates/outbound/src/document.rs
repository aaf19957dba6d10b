//! One document from a URL: bounded in size and time.

use std::time::Duration;

use reqwest::Url;

use crate::client::{Outbound, causes};

/// What is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fetch {
    /// Bytes of a document at most; more is refused, not cut off.
    pub bytes: usize,
    /// The longest time, from the look-up of the name to the end of the answer.
    pub time: Duration,
}

/// How long a document is waited for.
const LONGEST: Duration = Duration::from_secs(10);

impl Fetch {
    /// So many bytes, in ten seconds.
    pub const fn up_to(bytes: usize) -> Self {
        Self { bytes, time: LONGEST }
    }
}

/// Why there is no document, in a sentence for an administrator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unfetched(String);

impl Outbound {
    /// Fetches the document at a URL.
    ///
    /// # Errors
    /// [`Unfetched`]: the address may not be reached, nobody answers in time, the answer is another than 200, or it is too large.
    pub async fn fetch(&self, url: &str, fetch: Fetch) -> Result<Vec<u8>, Unfetched> {
        match tokio::time::timeout(fetch.time, self.document(url, fetch.bytes)).await {
            Ok(document) => document.map_err(Unfetched),
            Err(_) => Err(Unfetched(format!("no answer within {} s", fetch.time.as_secs()))),
        }
    }

    async fn document(&self, url: &str, most: usize) -> Result<Vec<u8>, String> {
        let url: Url = url.parse().map_err(|error: url::ParseError| error.to_string())?;
        let client = self.client(&url).map_err(|refused| refused.to_string())?;
        let mut response = client.get(url).send().await.map_err(|error| causes(&error))?;
        let status = response.status();
        if status.is_redirection() {
            return Err(format!("the answer is {status}: redirects are not followed; give the right URL"));
        }
        if status != reqwest::StatusCode::OK {
            return Err(format!("the answer is {status}"));
        }
        let mut document = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| causes(&error))? {
            if document.len() + chunk.len() > most {
                return Err(format!("the answer is larger than {} KiB", most / 1024));
            }
            document.extend_from_slice(&chunk);
        }
        Ok(document)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::TcpListener;

    use super::Fetch;
    use crate::Outbound;

    /// A server that gives one answer to everybody; its URL.
    async fn server(answer: String) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/metadata", listener.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = listener.accept().await.unwrap();
                let answer = answer.clone();
                tokio::spawn(async move {
                    let mut head = [0; 1024];
                    let _ = socket.read(&mut head).await;
                    let _ = socket.write_all(answer.as_bytes()).await;
                    tokio::time::sleep(Duration::from_secs(5)).await;
                });
            }
        });
        url
    }

    async fn fetch(networks: &str, url: &str) -> Result<Vec<u8>, String> {
        let outbound = Outbound::new(networks.parse().unwrap()).unwrap();
        let fetch = Fetch { bytes: 2048, time: Duration::from_millis(700) };
        outbound.fetch(url, fetch).await.map_err(|error| error.to_string())
    }

    fn answer(head: &str, body: &str) -> String {
        format!("HTTP/1.1 {head}\r\nContent-Length: {}\r\n\r\n{body}", body.len())
    }

    #[tokio::test]
    async fn threat_s39_nothing_is_fetched_from_inside_unless_it_is_listed() {
        let url = server(answer("200 OK", "<a/>")).await;
        assert!(fetch("", &url).await.unwrap_err().contains("outbound_allow_private"));
        let by_name = url.replace("127.0.0.1", "localhost");
        assert!(fetch("", &by_name).await.unwrap_err().contains("outbound_allow_private"));
        assert_eq!(fetch("127.0.0.0/8", &url).await.unwrap(), b"<a/>");
        assert!(fetch("", "http://1.1.1.1/").await.unwrap_err().contains("https"), "elsewhere only with TLS");
    }

    #[tokio::test]
    async fn threat_s39_redirects_are_not_followed_and_size_and_time_are_bounded() {
        let inside = server(answer("200 OK", "secret")).await;
        for (answer, word) in [
            (answer(&format!("302 Found\r\nLocation: {inside}"), ""), "redirects"),
            (answer("404 Not Found", "no"), "404"),
            (answer("200 OK", &"a".repeat(2049)), "larger than 2 KiB"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".to_owned(),
                "no answer within",
            ),
        ] {
            let url = server(answer).await;
            let error = fetch("127.0.0.0/8", &url).await.unwrap_err();
            assert!(error.contains(word), "{word}: {error}");
        }
    }
}
