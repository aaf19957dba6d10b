//! Keyset pages: the cost of a page does not grow with what lies before it.

use std::str::FromStr;

use crate::Error;

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// [`Page::next`] of the page before; `None` for the first.
    pub after: Option<String>,
    /// Most objects on the page.
    pub limit: u32,
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// What is on the page.
    pub items: Vec<T>,
    /// Where the next page begins; `None` on the last.
    pub next: Option<String>,
}

impl PageRequest {
    /// `after` as what the list is ordered by.
    ///
    /// # Errors
    /// [`Error::Invalid`] for what this list has never given as `next`.
    pub(crate) fn after<K: FromStr>(&self) -> Result<Option<K>, Error> {
        let parse = |text: &String| {
            text.parse().map_err(|_| Error::Invalid("after is not the `next` of an earlier page".to_owned()))
        };
        self.after.as_ref().map(parse).transpose()
    }

    /// What to ask the store for: one more than is shown says whether another page follows.
    pub(crate) fn one_more(&self) -> u32 {
        self.limit.saturating_add(1)
    }

    /// The page of these rows, which are one more than the page when another follows. `key` is what they are ordered by.
    pub(crate) fn cut<R, K: ToString>(&self, mut rows: Vec<R>, key: impl Fn(&R) -> K) -> Page<R> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|last| key(last).to_string());
        Page { items: rows, next }
    }
}

impl<R> Page<R> {
    /// The page with each row as it is shown.
    ///
    /// # Errors
    /// The first that `show` gives.
    pub(crate) fn shown<T>(self, show: impl FnMut(R) -> Result<T, Error>) -> Result<Page<T>, Error> {
        let items = self.items.into_iter().map(show).collect::<Result<_, _>>()?;
        Ok(Page { items, next: self.next })
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, PageRequest};

    #[test]
    fn a_page_names_its_last_row_when_another_page_follows() {
        let page = |rows: &[u8]| PageRequest { after: None, limit: 2 }.cut(rows.to_vec(), |row| *row);
        assert_eq!(page(&[]), Page { items: vec![], next: None });
        assert_eq!(page(&[1, 2]), Page { items: vec![1, 2], next: None });
        assert_eq!(page(&[1, 2, 3]), Page { items: vec![1, 2], next: Some("2".to_owned()) });
    }
}
