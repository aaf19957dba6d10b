//! A whole collection, read page by page.

use serde_json::Value;

use crate::script::Script;

/// Reads a collection in pages until `totalResults` have been seen.
pub(crate) async fn pages(script: Script<'_>, collection: &str, size: usize) -> Option<Vec<Value>> {
    let mut seen = Vec::new();
    loop {
        let path = format!("{collection}?startIndex={}&count={size}", seen.len() + 1);
        let answer = script.get(&path).await;
        let page = answer.list()?;
        let total = usize::try_from(page.total).unwrap_or(usize::MAX);
        answer
            .require(page.resources.len() <= size, || format!("the page holds more than {size} resources"))?;
        let ended = page.resources.is_empty();
        seen.extend(page.resources);
        answer.require(!ended || seen.len() >= total, || {
            format!("totalResults is {total} but after {} resources an empty page came", seen.len())
        })?;
        if ended || seen.len() >= total {
            return Some(seen);
        }
    }
}
