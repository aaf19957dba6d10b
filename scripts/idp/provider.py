"""An identity provider of pysaml2 and xmlsec1: it shares nothing with what it is there to test.

It has the form of Okta (response and assertion signed, short names of attributes) or of Entra ID (the assertion signed, claims by
URI), and makes good responses and, for the tests, bad ones.
"""

import datetime
import shutil
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from saml2 import BINDING_HTTP_POST, BINDING_HTTP_REDIRECT
from saml2.attribute_converter import AttributeConverter
from saml2.config import IdPConfig
from saml2.metadata import entity_descriptor
from saml2.saml import (
    NAME_FORMAT_UNSPECIFIED,
    NAME_FORMAT_URI,
    NAMEID_FORMAT_EMAILADDRESS,
    NAMEID_FORMAT_PERSISTENT,
    NameID,
)
from saml2.server import Server
from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA1, SIG_RSA_SHA256

# Who works here. Nobody has told Enroll of Mallory.
PEOPLE = {
    "ada": ("ada@acme.example", "Ada", "Lovelace", ["Engineering", "Staff"]),
    "grace": ("grace@acme.example", "Grace", "Hopper", ["Staff"]),
    "mallory": ("mallory@acme.example", "Mallory", "Malone", ["Engineering"]),
}

# What may be wrong with a response, and what Enroll calls it.
FAULTS = {
    "": "nothing",
    "audience": "it is for another application",
    "expired": "it was good until ten minutes ago",
    "unsigned": "it is not signed",
    "key": "another key has signed it",
    "sha1": "it is signed with SHA-1",
    "altered": "somebody has altered it on its way",
    "recipient": "it is for another address",
    "issuer": "it comes from another identity provider",
}

CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
MICROSOFT = "http://schemas.microsoft.com"
STYLES = {
    "okta": {
        "email": "email",
        "given": "firstName",
        "family": "lastName",
        "name": "displayName",
        "groups": "groups",
    },
    "entra": {
        "email": f"{CLAIMS}/emailaddress",
        "given": f"{CLAIMS}/givenname",
        "family": f"{CLAIMS}/surname",
        "name": f"{MICROSOFT}/identity/claims/displayname",
        "groups": f"{MICROSOFT}/ws/2008/06/identity/claims/groups",
    },
}
OTHER = "https://other.example/metadata"
OTHER_APPLICATION = f"""<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{OTHER}">
<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<AssertionConsumerService Binding="{BINDING_HTTP_POST}" Location="https://other.example/acs" index="0"/>
</SPSSODescriptor></EntityDescriptor>
"""
PASSWORD = {"class_ref": "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"}


def make_key(folder: Path, name: str) -> tuple[str, str]:
    """A new RSA key of 2,048 bits with a certificate: the paths of both."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Test identity provider, {name}")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=365))
        .sign(key, hashes.SHA256())
    )
    paths = folder / f"{name}.key.pem", folder / f"{name}.certificate.pem"
    pem = serialization.Encoding.PEM
    paths[0].write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    )
    paths[1].write_bytes(certificate.public_bytes(pem))
    return str(paths[0]), str(paths[1])


class Provider:
    """One identity provider for one application.

    `base` is where it is served, `style` one of STYLES, `folder` a place for its files, `application` the file with the
    metadata of the service provider.
    """

    def __init__(self, base: str, style: str, folder: Path, application: str):
        self.style = style
        self.entity_id = f"{base}/{style}"
        self.sign_in = f"{base}/{style}/sso"
        self.folder = folder
        other = folder / "other.xml"
        other.write_text(OTHER_APPLICATION)
        self.applications = [application, str(other)]
        self.name_format = NAME_FORMAT_UNSPECIFIED if style == "okta" else NAME_FORMAT_URI
        self.config = self.configured(style)
        self.server = Server(config=self.config)
        self.foreign = Server(config=self.configured(f"{style}-foreign"))
        [self.audience] = set(self.server.metadata.with_descriptor("spsso")) - {OTHER}
        services = self.server.metadata.assertion_consumer_service(self.audience, BINDING_HTTP_POST)
        self.acs = services[0]["location"]

    def configured(self, key: str) -> IdPConfig:
        key_file, cert_file = make_key(self.folder, key)
        names = STYLES[self.style]
        policy = {"lifetime": {"minutes": 5}, "name_form": self.name_format, "attribute_restrictions": None}
        config = IdPConfig().load(
            {
                "entityid": self.entity_id,
                "xmlsec_binary": shutil.which("xmlsec1"),
                "service": {
                    "idp": {
                        "name": "Test identity provider",
                        "endpoints": {"single_sign_on_service": [(self.sign_in, BINDING_HTTP_REDIRECT)]},
                        "policy": {"default": policy},
                        "want_authn_requests_signed": False,
                    }
                },
                "metadata": {"local": self.applications},
                "key_file": key_file,
                "cert_file": cert_file,
                "signing_algorithm": SIG_RSA_SHA256,
                "digest_algorithm": DIGEST_SHA256,
            }
        )
        converter = AttributeConverter(self.name_format)
        fro = {name: local for local, name in names.items()}
        converter.from_dict({"identifier": self.name_format, "to": names, "fro": fro})
        config.attribute_converters = [converter]
        return config

    def metadata(self) -> str:
        """Its metadata, for Enroll."""
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{entity_descriptor(self.config)}'

    def request(self, saml_request: str):
        """Reads a request as it comes in a URL; gives its id. pysaml2 raises for one that is not as SAML wants it."""
        request = self.server.parse_authn_request(saml_request, BINDING_HTTP_REDIRECT)
        arguments = self.server.response_args(request.message)
        assert arguments["destination"] == self.acs, arguments
        assert arguments["sp_entity_id"] == self.audience, arguments
        return arguments["in_response_to"]

    def response(self, user: str, request_id: str | None, fault: str = "") -> str:
        """A response about somebody, as XML, to a request or to none."""
        email, given, family, groups = PEOPLE[user]
        okta = self.style == "okta"
        name_id = NameID(
            format=NAMEID_FORMAT_EMAILADDRESS if okta else NAMEID_FORMAT_PERSISTENT,
            text=email,
        )
        server = self.foreign if fault == "key" else self.server
        policy = server.config.getattr("policy", "idp")
        lifetime = policy._restrictions["default"]["lifetime"]
        lifetime["minutes"] = -10 if fault == "expired" else 5
        response = server.create_authn_response(
            {"email": [email], "given": [given], "family": [family], "name": [f"{given} {family}"], "groups": groups},
            in_response_to=request_id,
            destination="https://other.example/acs" if fault == "recipient" else self.acs,
            sp_entity_id=OTHER if fault == "audience" else self.audience,
            name_id=name_id,
            authn=PASSWORD,
            issuer="https://other.example/idp" if fault == "issuer" else None,
            sign_response=okta and fault != "unsigned",
            sign_assertion=fault != "unsigned",
            sign_alg=SIG_RSA_SHA1 if fault == "sha1" else SIG_RSA_SHA256,
            digest_alg=DIGEST_SHA256,
        )
        xml = str(response)
        if fault == "altered":
            assert "ada@" in xml
            xml = xml.replace("ada@", "grace@")
        return xml

    def form(self, xml: str, relay_state: str) -> str:
        """The page that carries a response to Enroll (HTTP-POST binding)."""
        return self.server.apply_binding(BINDING_HTTP_POST, xml, self.acs, relay_state, response=True)["data"]
