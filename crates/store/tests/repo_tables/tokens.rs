use enroll_domain::{AllowList, Scope, TokenHash, TokenId, TokenSecret};
use enroll_store::token::api::{self, ApiTokenRow};
use enroll_store::token::scim::{self, ScimTokenRow};
use enroll_store::token::{LastUse, needs_touch};
use uuid::Uuid;

use crate::fixture::{DEFAULT, NOW, OTHER, Store, later};

fn id(number: u32) -> TokenId {
    TokenId::from_uuid(Uuid::from_u128(number.into()))
}

fn networks(texts: &[&str]) -> AllowList {
    AllowList::read(texts).unwrap()
}

fn scim_token(number: u32) -> ScimTokenRow {
    ScimTokenRow {
        id: id(number),
        directory: DEFAULT,
        label: format!("token {number}"),
        secret_hash: TokenHash::of(&TokenSecret::from_random([9; 32])),
        created: NOW,
        expires: Some(later(3600)),
        allow_from: AllowList::default(),
        last_use: None,
    }
}

#[test]
fn e5_1_the_networks_of_a_token_are_kept_and_changed() {
    let store = Store::new();
    let (made, changed, opened) = store.write(|tx| {
        let mut token = scim_token(1);
        token.allow_from = networks(&["203.0.113.0/24", "2001:db8::7"]);
        scim::insert(tx, &token)?;
        let made = scim::find(tx, id(1))?.unwrap().allow_from;
        (token.label, token.allow_from) = ("other".to_owned(), networks(&["10.0.0.1"]));
        scim::update(tx, &token)?;
        let changed = scim::find(tx, id(1))?.unwrap();
        scim::update(tx, &ScimTokenRow { allow_from: AllowList::default(), ..token })?;
        Ok((made, changed, scim::find(tx, id(1))?.unwrap().allow_from))
    });
    assert_eq!(made, networks(&["203.0.113.0/24", "2001:db8::7"]));
    assert_eq!((changed.label.as_str(), changed.allow_from), ("other", networks(&["10.0.0.1"])));
    assert!(opened.is_empty());
}

#[test]
fn e5_1_a_scim_token_is_found_by_its_public_part() {
    let store = Store::new();
    let (token, labels) = store.write(|tx| {
        scim::insert(tx, &scim_token(1))?;
        scim::insert(tx, &scim_token(2))?;
        let token = scim::find(tx, id(1))?.unwrap();
        assert!(scim::find(tx, id(3))?.is_none());
        assert!(scim::delete(tx, DEFAULT, id(2))? && scim::find(tx, id(2))?.is_none());
        let labels: Vec<_> = scim::list(tx, DEFAULT)?.into_iter().map(|token| token.label).collect();
        Ok((token, labels))
    });
    assert_eq!((token.directory, token.label.as_str()), (DEFAULT, "token 1"));
    assert!(token.secret_hash.matches(&TokenSecret::from_random([9; 32])));
    assert_eq!((token.created, token.expires, token.last_use), (NOW, Some(later(3600)), None));
    assert_eq!(labels, ["token 1"]);
}

#[test]
fn e5_1_the_last_use_is_written_at_most_once_a_minute() {
    let store = Store::new();
    let (written, last_use) = store.write(|tx| {
        scim::insert(tx, &scim_token(1))?;
        let touch = |seconds, address| scim::touch(tx, DEFAULT, id(1), later(seconds), address);
        let written = [
            touch(0, Some("192.0.2.1"))?,
            touch(59, Some("192.0.2.2"))?,
            touch(60, None)?,
            touch(119, None)?,
        ];
        Ok((written, scim::find(tx, id(1))?.unwrap().last_use))
    });
    assert_eq!(written, [true, false, true, false]);
    assert_eq!(last_use, Some(LastUse { at: later(60), address: None }));
    assert!(needs_touch(None, NOW));
    assert!(!needs_touch(last_use.as_ref(), later(119)) && needs_touch(last_use.as_ref(), later(120)));
}

#[test]
fn e5_2_api_tokens_are_stored_beside() {
    let store = Store::new();
    store.write(|tx| {
        let token = ApiTokenRow {
            user: None,
            id: id(1),
            label: "ci".to_owned(),
            scope: Scope::Check,
            secret_hash: TokenHash::from_bytes([1; 32]),
            created: NOW,
            expires: None,
            last_use: None,
        };
        api::insert(tx, &token)?;
        let found = api::find(tx, id(1))?.unwrap();
        assert_eq!((found.label.as_str(), found.scope, found.expires), ("ci", Scope::Check, None));
        assert!(scim::find(tx, id(1))?.is_none() && scim::list(tx, OTHER)?.is_empty());
        assert!(api::touch(tx, id(1), NOW, Some("::1"))? && !api::touch(tx, id(1), later(1), None)?);
        let last_use = api::list(tx)?.remove(0).last_use;
        assert_eq!(last_use, Some(LastUse { at: NOW, address: Some("::1".to_owned()) }));
        assert!(api::delete(tx, id(1))? && !api::delete(tx, id(1))?);
        Ok(())
    });
}
