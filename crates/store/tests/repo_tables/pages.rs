use enroll_store::filter::Compiled;
use enroll_store::user::{self, Page};
use enroll_store::{StoreError, Tx};

use crate::fixture::{DEFAULT, OTHER, Store, new_user, new_users, user_id};

fn filled(count: u32) -> Store {
    let store = Store::new();
    store.write(move |tx| {
        let names: Vec<String> = (1..=count).map(|number| format!("user{number}")).collect();
        new_users(tx, DEFAULT, &names.iter().map(String::as_str).collect::<Vec<_>>())?;
        new_user(tx, OTHER, user_id(count + 1), serde_json::json!({"userName": "foreign"}))
    });
    store
}

fn numbers(tx: &Tx<'_>, page: Page<enroll_domain::UserId>) -> Result<Vec<u32>, StoreError> {
    let rows = user::list(tx, DEFAULT, &Compiled::everything(), page)?;
    Ok(rows.iter().map(|row| row.user_name.strip_prefix("user").unwrap().parse().unwrap()).collect())
}

#[test]
fn l8_pages_by_index_and_by_cursor_partition_the_list() {
    filled(7).write(|tx| {
        let everything: Vec<u32> = (1..=7).collect();
        assert_eq!(user::count(tx, DEFAULT, &Compiled::everything())?, 7);
        for limit in [1, 3, 7, 8] {
            let (mut by_index, mut by_cursor) = (Vec::new(), Vec::new());
            while let page = numbers(tx, Page::Skip { skip: by_index.len() as u64, limit })?
                && !page.is_empty()
            {
                by_index.extend(page);
            }
            while let page =
                numbers(tx, Page::After { after: by_cursor.last().copied().map(user_id), limit })?
                && !page.is_empty()
            {
                by_cursor.extend(page);
            }
            assert_eq!((&by_index, &by_cursor), (&everything, &everything), "{limit}");
        }
        assert!(numbers(tx, Page::first(0))?.is_empty());
        assert!(numbers(tx, Page::Skip { skip: u64::MAX, limit: 5 })?.is_empty());
        Ok(())
    });
}

#[test]
fn a_search_looks_at_chunks_counts_all_and_keeps_one_page() {
    filled(450).write(|tx| {
        let mut chunks = Vec::new();
        let search = |page, chunks: &mut Vec<usize>| {
            user::search(tx, DEFAULT, &Compiled::everything(), page, |rows| {
                chunks.push(rows.len());
                // What a caller needs may take statements of its own.
                user::find(tx, DEFAULT, user_id(1))?;
                Ok::<_, StoreError>(rows.iter().map(|row| row.user_name.ends_with('7')).collect())
            })
        };
        let found = search(Page::Skip { skip: 2, limit: 3 }, &mut chunks)?;
        let names: Vec<_> = found.rows.iter().map(|row| row.user_name.as_str()).collect();
        assert_eq!((found.total, names), (45, vec!["user27", "user37", "user47"]));
        assert_eq!(chunks, [200, 200, 50]);
        let found = search(Page::After { after: Some(user_id(437)), limit: 3 }, &mut chunks)?;
        let names: Vec<_> = found.rows.iter().map(|row| row.user_name.as_str()).collect();
        assert_eq!((found.total, names), (45, vec!["user447"]));
        Ok(())
    });
}

#[test]
fn a_search_with_too_few_verdicts_is_an_error() {
    let error = filled(2).try_write(|tx| {
        user::search(tx, DEFAULT, &Compiled::everything(), Page::first(1), |_| {
            Ok::<_, StoreError>(vec![true])
        })
    });
    assert!(matches!(error, Err(StoreError::Internal(_))), "{error:?}");
}
