//! With xmlsec1, which has the XML parser and the canonicalization of libxml2: it signs what the crate has to accept, and verifies
//! what the test kit signs. Run by `scripts/test-outside`, which sees to it that xmlsec1 is there.

use std::process::Command;

use enroll_testkit::idp::{Dialect, Signed};

use crate::world::{World, key};

/// Runs xmlsec1 on a document; gives what it printed.
fn xmlsec(arguments: &[&str], signed: Signed, xml: &str) -> Result<String, String> {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = directory.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    };
    let document = file("document.xml", xml);
    file("key.pem", &key().private_pem());
    file("certificate.pem", &key().certificate_pem());
    let id = match signed {
        Signed::Response => "urn:oasis:names:tc:SAML:2.0:protocol:Response",
        _ => "urn:oasis:names:tc:SAML:2.0:assertion:Assertion",
    };
    let output = Command::new("xmlsec1")
        .current_dir(directory.path())
        .args(arguments)
        .args(["--id-attr:ID", id])
        .arg(document)
        .output()
        .unwrap();
    if output.status.success() {
        Ok(String::from_utf8(output.stdout).unwrap())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

/// Without its digest and signature values: a template to sign.
fn template(xml: &str, prefix: &str) -> String {
    let mut template = xml.to_owned();
    for name in ["DigestValue", "SignatureValue"] {
        let value = super::hostile::cut(xml, &format!("<{prefix}{name}>"), &format!("</{prefix}{name}>"));
        template = template.replace(value, &format!("<{prefix}{name}></{prefix}{name}>"));
    }
    template
}

/// Writes a document in as odd a way as XML allows.
fn roughened(xml: &str, prefix: &str) -> String {
    xml.replace(
        &format!("<{prefix}Subject>"),
        &format!("\r\n\t<{prefix}Subject xmlns:z='urn:z' xmlns:b=\"urn:b\"  z:b = 'a&#9;&#10;&quot;&lt;>' b:a=\"1\n2\" c='' xml:lang='en' >&#13; &#xe9;é"),
    )
    .replace(
        &format!("</{prefix}Subject>"),
        &format!("<n xmlns=''><m xmlns='urn:m'><o xmlns=''/></m><b:q xmlns:b='urn:other' b:z=''><z:y/></b:q></n></{prefix}Subject >"),
    )
    .replace(&format!("<{prefix}Conditions "), &format!("\n<{prefix}Conditions\n  "))
    .replacen("Response ", "Response xmlns:unused='urn:unused' xmlns:z='urn:outer' ", 1)
}

#[test]
#[ignore = "needs xmlsec1: run by scripts/test-outside"]
fn outside_what_xmlsec1_signs_is_accepted() {
    for (dialect, prefix, dsig) in [(Dialect::Okta, "saml2:", "ds:"), (Dialect::Entra, "", "")] {
        for signed in [Signed::Response, Signed::Assertion] {
            let world = World::of(dialect);
            let mut spec = world.spec(dialect);
            spec.signed = signed;
            let rough = roughened(&template(&spec.xml(key()), dsig), prefix);
            assert!(world.finish_xml(&rough).outcome.is_err(), "not signed yet");
            let xml = xmlsec(&["--sign", "--privkey-pem", "key.pem"], signed, &rough).unwrap();
            let finished = world.finish_xml(&xml);
            assert!(finished.outcome.is_ok(), "{dialect:?} {signed:?}: {:?}\n{xml}", finished.trace);
        }
    }
}

#[test]
#[ignore = "needs xmlsec1: run by scripts/test-outside"]
fn outside_what_the_test_kit_signs_verifies_by_xmlsec1() {
    for dialect in [Dialect::Okta, Dialect::Entra] {
        for signed in [Signed::Response, Signed::Assertion] {
            let mut spec = World::of(dialect).spec(dialect);
            spec.signed = signed;
            let verify = ["--verify", "--pubkey-cert-pem", "certificate.pem"];
            let xml = spec.xml(key());
            xmlsec(&verify, signed, &xml).unwrap_or_else(|error| panic!("{dialect:?} {signed:?}: {error}"));
            let altered = xml.replacen(">ada@", ">eve@", 1);
            xmlsec(&verify, signed, &altered).unwrap_err();
        }
    }
}
