//! All checks. One section of an RFC, one file.

mod authentication;
mod bulk;
mod common_attributes;
mod creating;
mod cursors;
mod data_formats;
mod date_time;
mod deleting;
mod discovery;
mod enterprise;
mod errors;
mod etags;
mod filter_logic;
mod filtering;
mod finding;
mod groups;
mod me;
mod messages;
mod names;
mod notation;
mod paging;
mod patch_add;
mod patch_remove;
mod patch_replace;
mod patching;
mod projection;
mod protocol_version;
mod querying;
mod replacing;
mod resource_types;
mod retrieving;
mod root_query;
mod schemas;
mod search;
mod service_config;
mod sorting;
mod users;

use crate::check::Section;

/// Every section, in the order in which a person would read a report: what the server says of itself first.
pub(crate) const SECTIONS: &[Section] = &[
    discovery::SECTION,
    service_config::SECTION,
    resource_types::SECTION,
    schemas::SECTION,
    names::SECTION,
    common_attributes::SECTION,
    users::SECTION,
    groups::SECTION,
    enterprise::SECTION,
    authentication::SECTION,
    messages::SECTION,
    creating::SECTION,
    retrieving::SECTION,
    querying::SECTION,
    root_query::SECTION,
    filtering::SECTION,
    filter_logic::SECTION,
    sorting::SECTION,
    paging::SECTION,
    search::SECTION,
    replacing::SECTION,
    patching::SECTION,
    patch_add::SECTION,
    patch_remove::SECTION,
    patch_replace::SECTION,
    deleting::SECTION,
    bulk::SECTION,
    data_formats::SECTION,
    projection::SECTION,
    notation::SECTION,
    me::SECTION,
    errors::SECTION,
    protocol_version::SECTION,
    etags::SECTION,
    cursors::SECTION,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::SECTIONS;

    #[test]
    fn ids_of_checks_are_unique_and_kebab_case() {
        let mut seen = BTreeSet::new();
        for check in SECTIONS.iter().flat_map(|section| section.checks) {
            assert!(seen.insert(check.id), "{} is there twice", check.id);
            assert!(check.id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", check.id);
        }
        assert!(seen.len() >= 80, "{} checks", seen.len());
    }
}
