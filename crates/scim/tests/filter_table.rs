//! What filters mean, as a table: a filter, and the resources it selects.

#[path = "support/selecting.rs"]
mod selecting;
mod support;

use enroll_scim::Dialect;
use selecting::{CORE, ENTERPRISE, refuses, select, selects};

#[test]
fn m8_strings_follow_case_exact() {
    selects(
        "User",
        &[
            ("userName eq \"BJENSEN\"", "u1"),
            ("USERNAME EQ \"bjensen\"", "u1"),
            ("userName eq \"łUKASZ\"", "u3"),
            ("userName eq \"bjense\"", ""),
            ("id eq \"u1\"", "u1"),
            ("id eq \"U1\"", ""),
            ("externalId eq \"ext1\"", "u2"),
            ("externalId eq \"Ext1\"", "u1"),
            ("meta.version eq \"W/\\\"A\\\"\"", ""),
            ("meta.version eq \"W/\\\"a\\\"\"", "u1 u2 u3 u4"),
            ("meta.resourceType eq \"User\"", "u1 u2 u3 u4"),
            ("meta.resourceType eq \"user\"", ""),
            ("profileUrl eq \"https://example.com/babs\"", ""),
            ("emails.value eq \"JOHN+tag@EXAMPLE.org\"", "u2"),
            ("displayName eq \"full \u{1f600}\"", "u3"),
            ("displayName ew \"\\ud83d\\ude00\"", "u3"),
        ],
    );
}

#[test]
fn m1_substrings_are_plain_text() {
    selects(
        "User",
        &[
            ("userName sw \"J\"", "u2"),
            ("userName sw \"bjensenbjensen\"", ""),
            ("userName ew \"SMITH\"", "u2"),
            ("userName co \"ensE\"", "u1"),
            ("userName co \"\"", "u1 u2 u3 u4"),
            ("userName co \"%\"", "u4"),
            ("userName sw \"100%_\"", "u4"),
            ("userName sw \"1__\"", ""),
            ("userName co \"_\"", "u4"),
            ("userName co \"*\"", ""),
            ("emails.value co \"+\"", "u2"),
            ("emails.value co \"john tag\"", ""),
            ("externalId co \"E\"", "u1"),
            ("externalId sw \"ext\"", "u2"),
        ],
    );
}

#[test]
fn m5_apostrophes_quotes_and_escapes() {
    selects(
        "User",
        &[
            ("name.familyName co \"O'Malley\"", "u1"),
            ("name.familyName eq \"o'malley\"", "u1"),
            ("name.familyName eq \"Say \\\"hi\\\"\\\\there\"", "u3"),
            ("name.familyName co \"\\\\\"", "u3"),
            ("name.familyName co \"\\u0022HI\\u0022\"", "u3"),
            ("userName eq \"x\\\" or userName pr or userName eq \\\"\"", ""),
            ("userName eq \"' or '1'='1\"", ""),
            ("userName eq \"\\u0142ukasz\"", "u3"),
        ],
    );
}

#[test]
fn m2_precedence() {
    selects(
        "User",
        &[
            ("userName eq \"bjensen\" or userName eq \"JSmith\" and active eq true", "u1"),
            ("(userName eq \"bjensen\" or userName eq \"JSmith\") and active eq false", "u2"),
            ("active eq false or title pr and userType eq \"Employee\"", "u1 u2"),
            ("not (active eq true) or id eq \"u4\"", "u2 u4"),
            ("not (active eq true or id eq \"u2\")", ""),
            ("not (active eq true) and id eq \"u4\"", ""),
            ("not (not (active eq false))", "u2"),
        ],
    );
}

#[test]
fn m9_any_value_of_a_list_will_do() {
    selects(
        "User",
        &[
            ("emails.type eq \"home\"", "u1 u2"),
            ("emails.value co \"example.com\" and emails.type eq \"home\"", "u1 u2"),
            ("emails co \"example.org\"", "u2"),
            ("emails.value ne \"babs@jensen.org\"", "u1 u2 u3 u4"),
            ("emails.type ne \"work\"", "u1 u2 u4"),
            ("not (emails.type eq \"work\")", "u4"),
            ("groups.value eq \"g1\"", "u1"),
            ("groups.display eq \"admins\"", "u1"),
            ("groups eq \"g1\"", "u1"),
        ],
    );
    selects(
        "Device",
        &[
            ("tags eq \"RED\"", "d1"),
            ("tags ne \"red\"", "d1 d2 d3"),
            ("not (tags eq \"red\")", "d2 d3"),
            ("tags pr", "d1 d2"),
            ("tags gt \"green\"", "d1"),
        ],
    );
}

#[test]
fn m13_brackets_ask_one_element() {
    selects(
        "User",
        &[
            ("emails[type eq \"work\" and value co \"example.com\"]", "u1"),
            ("emails[type eq \"home\" and value co \"example.com\"]", "u2"),
            ("emails[type eq \"work\" and primary eq true]", "u1"),
            ("emails[not (type eq \"work\")]", "u1 u2"),
            ("not (emails[type eq \"home\"])", "u3 u4"),
            ("emails[type ne \"work\"]", "u1 u2"),
            ("emails[value ne \"x\"]", "u1 u2 u3"),
            ("emails[value eq null]", "u3"),
            ("emails[primary eq null and type eq \"home\"]", "u1"),
            ("emails[value co \"babs\" or (primary eq true and type eq \"home\")]", "u1 u2"),
            ("emails[type eq \"work\"] and active eq true", "u1 u3"),
            ("userType eq \"Employee\" and emails[type eq \"work\" and value co \"@example.com\"]", "u1"),
            ("emails[type eq \"work\" and value co \"@example.com\"] or emails[value co \"+\"]", "u1 u2"),
            ("name[familyName sw \"o\" and givenName pr]", "u1"),
            ("name[not (familyName sw \"o\")]", "u3"),
        ],
    );
}

#[test]
fn m14_a_sub_attribute_behind_brackets() {
    for (text, ids) in [
        ("emails[type eq \"work\"].value eq \"bjensen@example.com\"", "u1"),
        ("emails[type eq \"home\"].value eq \"bjensen@example.com\"", ""),
        ("emails[type eq \"work\"].value pr", "u1 u2"),
        ("emails[type eq \"work\"].value eq null", "u3"),
        ("not (emails[type eq \"work\"].value pr) and id pr", "u3 u4"),
        ("emails[type eq \"work\" or type eq \"home\"].value ew \"ORG\"", "u1 u2"),
    ] {
        assert_eq!(select("User", text, &Dialect::compat()).as_deref(), Ok(ids), "{text}");
        assert!(select("User", text, &Dialect::strict()).is_err(), "{text}");
    }
}

#[test]
fn m11_present_means_neither_null_nor_empty() {
    selects(
        "User",
        &[
            ("title pr", "u1 u2"),
            ("name pr", "u1 u3"),
            ("name.givenName pr", "u1"),
            ("emails pr", "u1 u2 u3"),
            ("emails.value pr", "u1 u2"),
            ("emails.display pr", ""),
            ("active pr", "u1 u2 u3 u4"),
            ("groups pr", "u1"),
            ("meta pr", "u1 u2 u3 u4"),
        ],
    );
}

#[test]
fn m12_null_and_unassigned() {
    selects(
        "User",
        &[
            ("userType eq null", "u3 u4"),
            ("userType ne null", "u1 u2"),
            ("title eq null", "u3 u4"),
            ("emails eq null", "u4"),
            ("name eq null", "u2 u4"),
            ("userType ne \"Employee\"", "u2 u3 u4"),
            ("not (userType eq \"Employee\")", "u2 u3 u4"),
            ("userType gt \"A\"", "u1 u2"),
            ("userType co \"e\"", "u1 u2"),
            ("nickName le \"z\"", ""),
        ],
    );
    refuses("User", &[("userType co null", "null is compared with eq or ne only")]);
    refuses("User", &[("meta.created gt null", "null is compared with eq or ne only")]);
}

#[test]
fn m7_dates_compare_as_points_in_time() {
    selects(
        "User",
        &[
            ("meta.lastModified gt \"2011-05-13T04:42:34Z\"", "u2 u3"),
            ("meta.lastModified ge \"2011-05-13T04:42:34Z\"", "u1 u2 u3"),
            ("meta.lastModified lt \"2011-05-13T04:42:34Z\"", "u4"),
            ("meta.lastModified le \"2011-05-13T04:42:34Z\"", "u1 u4"),
            ("meta.lastModified eq \"2011-05-13T00:42:34-04:00\"", "u1"),
            ("meta.lastModified eq \"2011-05-13T04:42:34.500Z\"", "u2"),
            ("meta.lastModified gt \"2011-12-31T24:00:00Z\"", ""),
            ("meta.lastModified ge \"2011-12-31T24:00:00Z\"", "u3"),
            ("meta.created ne \"2011-05-13T04:42:34Z\"", ""),
        ],
    );
    refuses(
        "User",
        &[
            ("meta.lastModified gt \"2011-05-13\"", "is a dateTime"),
            ("meta.lastModified gt \"yesterday\"", "is a dateTime"),
            ("meta.lastModified gt 2011", "is a dateTime"),
        ],
    );
}

#[test]
fn m7_numbers_and_texts_have_an_order() {
    selects(
        "Device",
        &[
            ("count gt 9", "d2 d3"),
            ("count le 9", "d1"),
            ("count eq 9007199254740993", "d3"),
            ("count eq 9007199254740992", ""),
            ("ratio eq 2.0", "d2"),
            ("ratio lt 1e0", "d1"),
            ("label gt \"ALPHA\"", "d2 d3"),
            ("label lt \"c\"", "d1 d2"),
            ("link gt \"https://x/B\"", ""),
            ("box.height gt 9", "d1"),
            ("seen pr", "d2"),
        ],
    );
}

#[test]
fn m10_a_complex_attribute_is_compared_by_its_value_or_not_at_all() {
    selects(
        "User",
        &[
            ("emails co \"BABS\"", "u1"),
            ("emails eq \"other@example.com\"", "u2"),
            (&format!("{ENTERPRISE}:manager eq \"U3\""), "u1"),
        ],
    );
    refuses(
        "User",
        &[
            ("name eq \"x\"", "(formatted, familyName, givenName"),
            ("meta eq \"x\"", "meta has parts"),
            ("addresses co \"x\"", "addresses has parts"),
            ("addresses eq 5", "addresses has parts"),
            ("title[value eq \"x\"]", "title has no parts"),
            ("schemas[value eq \"x\"]", "schemas has no parts"),
            ("name.familyName[value eq \"x\"]", "name.familyName has no parts"),
        ],
    );
}

#[test]
fn m15_names_with_their_schema() {
    selects(
        "User",
        &[
            (&format!("{CORE}:userName sw \"J\""), "u2"),
            (&format!("{}:USERNAME sw \"J\"", CORE.to_uppercase()), "u2"),
            (&format!("{CORE}:name.givenName eq \"barbara\""), "u1"),
            (&format!("{CORE}:emails[type eq \"home\" and value sw \"o\"]"), "u2"),
            (&format!("{ENTERPRISE}:department eq \"SALES\""), "u1"),
            (&format!("{}:manager.VALUE eq \"U3\"", ENTERPRISE.to_lowercase()), "u1"),
            (&format!("{ENTERPRISE}:manager.value eq \"u3\""), ""),
            (&format!("{ENTERPRISE}:manager[value eq \"U3\"]"), "u1"),
            (&format!("{ENTERPRISE}:manager pr"), "u1"),
            (&format!("not ({ENTERPRISE}:department pr)"), "u2 u3 u4"),
            (&format!("{ENTERPRISE}:department eq null"), "u2 u3 u4"),
        ],
    );
    refuses(
        "User",
        &[
            (&format!("{ENTERPRISE} pr"), "is a whole extension"),
            ("urn:example:1.0:X:userName pr", "User has no attribute 'urn:example:1.0:X:userName'"),
            (&format!("{ENTERPRISE}:userName pr"), "User has no attribute"),
            (&format!("{ENTERPRISE}.department eq \"x\""), "User has no attribute"),
        ],
    );
}

#[test]
fn m16_schemas_select_resources_with_an_extension() {
    selects(
        "User",
        &[
            (&format!("schemas eq \"{ENTERPRISE}\""), "u1"),
            (&format!("schemas eq \"{}\"", ENTERPRISE.to_uppercase()), "u1"),
            (&format!("schemas eq \"{CORE}\""), "u1 u2 u3 u4"),
            ("schemas co \"ENTERPRISE\"", "u1"),
        ],
    );
}
