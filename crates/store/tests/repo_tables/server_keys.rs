use enroll_store::server_key;

use crate::fixture::{NOW, Store};

#[test]
fn the_first_key_for_a_purpose_stays() {
    let store = Store::new();
    store.write(|tx| {
        assert_eq!(server_key::find(tx, "one")?, None);
        assert_eq!(server_key::find_or_insert(tx, "one", &[1; 32], NOW)?, [1; 32]);
        assert_eq!(server_key::find_or_insert(tx, "one", &[2; 32], NOW)?, [1; 32]);
        assert_eq!(server_key::find_or_insert(tx, "two", &[3; 32], NOW)?, [3; 32]);
        assert_eq!(server_key::find(tx, "one")?, Some([1; 32]));
        Ok(())
    });
}
