use enroll_domain::SecretHash;
use enroll_store::oidc::sign_in_return::{self, ReturnRow};

use crate::fixture::{NOW, Store, later};

#[test]
fn threat_a15_so_many_paths_are_kept_and_no_more_until_some_have_ended() {
    let store = Store::new();
    let key = |number: u8| SecretHash::from_bytes([number; 32]);
    let row = |seconds| ReturnRow { path: "/oidc/authorize?a=b".to_owned(), created: later(seconds) };
    store.write(move |tx| {
        assert!(sign_in_return::insert(tx, key(1), &row(0), later(600), 2)?);
        assert!(sign_in_return::insert(tx, key(2), &row(1), later(601), 2)?);
        assert!(!sign_in_return::insert(tx, key(3), &row(2), later(602), 2)?);
        assert_eq!(sign_in_return::find(tx, key(1), NOW)?, Some(row(0)));
        assert_eq!(sign_in_return::find(tx, key(3), NOW)?, None);
        assert_eq!(sign_in_return::find(tx, key(1), later(600))?, None, "it has ended");
        assert!(sign_in_return::insert(tx, key(3), &row(600), later(1200), 2)?);
        sign_in_return::delete(tx, key(3))?;
        assert_eq!(sign_in_return::find(tx, key(3), later(601))?, None);
        Ok(())
    });
}
