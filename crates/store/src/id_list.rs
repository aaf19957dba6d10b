//! Lists of ids in a statement.

use uuid::Uuid;

use crate::Param;

/// Lengths of lists. A list is filled up to the next of them, so that few different statements have to be prepared.
const LENGTHS: [usize; 4] = [1, 10, 100, 500];

/// One statement's share of a list of ids.
#[derive(Debug)]
pub(crate) struct IdList {
    /// `?2, ?3, ?4`: what belongs between the parentheses of `IN ()`.
    pub(crate) placeholders: String,
    params: Vec<Param<'static>>,
}

impl IdList {
    /// All parameters of the statement: those before the list, then the list.
    pub(crate) fn after<'a>(&'a self, before: impl IntoIterator<Item = Param<'a>>) -> Vec<Param<'a>> {
        before.into_iter().chain(self.params.iter().cloned()).collect()
    }
}

/// Splits a list of ids into as many statements as it takes; `first` is the number of the first placeholder.
pub(crate) fn id_lists(first: usize, ids: impl IntoIterator<Item = Uuid>) -> impl Iterator<Item = IdList> {
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let longest = LENGTHS.last().copied().unwrap_or(1);
    let chunks: Vec<Vec<Uuid>> = ids.chunks(longest).map(<[Uuid]>::to_vec).collect();
    chunks.into_iter().map(move |chunk| {
        let length = LENGTHS.into_iter().find(|length| *length >= chunk.len()).unwrap_or(chunk.len());
        // An id named twice changes nothing.
        let filler = chunk.last().copied();
        let params: Vec<Param<'static>> =
            chunk.into_iter().chain(filler.into_iter().cycle()).take(length).map(Param::Id).collect();
        let placeholders: Vec<String> = (first..).take(length).map(|number| format!("?{number}")).collect();
        IdList { placeholders: placeholders.join(", "), params }
    })
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::id_lists;
    use crate::Param;

    #[test]
    fn lists_have_few_lengths_and_lose_no_id() {
        let ids: Vec<Uuid> = (0..1_007).map(Uuid::from_u128).collect();
        let lists: Vec<_> = id_lists(3, ids.iter().copied()).collect();
        let lengths: Vec<usize> = lists.iter().map(|list| list.params.len()).collect();
        assert_eq!(lengths, [500, 500, 10]);
        assert!(lists.iter().all(|list| list.placeholders.starts_with("?3, ?4, ?5")));
        let bound: Vec<_> = lists.into_iter().flat_map(|list| list.params).collect();
        assert!(ids.iter().all(|id| bound.contains(&Param::Id(*id))));
        assert_eq!(id_lists(1, []).count(), 0);
    }
}
