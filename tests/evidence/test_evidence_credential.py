"""Credentials: the vector that the W3C specification prints, both forms read back, and nothing changed passes."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from lockgate.evidence.credential import Form, describe_dossier, is_credential, open_credential, write_credential
from lockgate.evidence.signed_document import (
    decode_base58,
    did_key,
    encode_base58,
    open_document,
    open_jws,
    parse_object,
    public_key_of,
    sign_document,
    sign_jws,
    signed_hashes,
    verification_method,
)
from lockgate.terms.errors import EvidenceError, InputError

Logged = Callable[[dict[str, Any]], tuple[bytes, bytes]]
SEED = bytes(range(32))
CREATED = "2026-11-22T08:00:00Z"

# W3C Data Integrity EdDSA Cryptosuites v1.0, appendix of test vectors, "Representation: eddsa-jcs-2022".
CONTEXT = ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"]
PRINTED_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
PRINTED_SEED = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
PRINTED = {
    "@context": CONTEXT,
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
PRINTED_OPTIONS = {
    "type": "DataIntegrityProof",
    "cryptosuite": "eddsa-jcs-2022",
    "created": "2023-02-24T23:36:38Z",
    "verificationMethod": f"https://vc.example/issuers/5678#{PRINTED_KEY}",
    "proofPurpose": "assertionMethod",
    "@context": CONTEXT,
}
PRINTED_VALUE = "z63t83Y53KfzJ5ZosfKTnqfMcKB2dmTrfjSaQjeNNjAD5srBowQfmWqeRb8rRjmeEuCBEsddF9LsVogtuTsijJKh4"


def test_the_printed_vector_of_the_specification_is_signed_and_verified():
    seed = decode_base58(PRINTED_SEED[1:])[2:]
    message = signed_hashes(PRINTED, PRINTED_OPTIONS)
    assert f"z{encode_base58(Ed25519PrivateKey.from_private_bytes(seed).sign(message))}" == PRINTED_VALUE
    key = public_key_of(f"did:key:{PRINTED_KEY}")
    Ed25519PublicKey.from_public_bytes(key).verify(decode_base58(PRINTED_VALUE[1:]), message)
    assert did_key(key) == f"did:key:{PRINTED_KEY}"


@pytest.fixture
def dossier(release: dict[str, Any], logged: Logged) -> tuple[bytes, bytes]:
    return logged(release)


@pytest.mark.parametrize("form", list(Form))
def test_a_dossier_is_read_as_it_was_wrapped(form: Form, dossier: tuple[bytes, bytes]):
    data = write_credential(*dossier, SEED, CREATED, form)
    assert is_credential(data)
    assert not is_credential(dossier[0])
    statement, proof, step = open_credential(data)
    assert (statement, proof) == dossier
    assert step.ok


def test_a_jws_is_small_enough_for_common_readers_and_bounds_what_it_unpacks_to(dossier: tuple[bytes, bytes]):
    assert len(write_credential(*dossier, SEED, CREATED, Form.JOSE)) < 128_000
    bomb = base64.b64encode(zlib.compress(bytes(80 << 20), 9)).decode()
    document = describe_dossier(*dossier, bomb)
    with pytest.raises(EvidenceError, match="at most 64 MiB"):
        open_credential(sign_jws(document, SEED).encode())
    document["credentialSubject"]["statementDeflated"] = base64.b64encode(zlib.compress(b"{}") + b"more").decode()
    with pytest.raises(EvidenceError, match="zlib form"):
        open_credential(sign_jws(document, SEED).encode())


def test_a_credential_has_what_the_data_model_asks_for(dossier: tuple[bytes, bytes]):
    document = json.loads(write_credential(*dossier, SEED, CREATED, Form.DATA_INTEGRITY))
    assert document["@context"][0] == "https://www.w3.org/ns/credentials/v2"
    assert document["type"][0] == "VerifiableCredential"
    assert document["issuer"].startswith("did:key:z6Mk")
    assert document["proof"]["verificationMethod"].startswith(document["issuer"])
    assert document["proof"]["@context"] == document["@context"]
    assert document["id"].startswith("ni:///sha-256;")


@pytest.mark.parametrize("form", list(Form))
def test_every_changed_byte_is_found(form: Form, dossier: tuple[bytes, bytes]):
    data = write_credential(*dossier, SEED, CREATED, form)
    for at in range(0, len(data) - 1, 37):
        changed = data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
        with pytest.raises(EvidenceError):
            open_credential(changed)


def test_only_the_key_of_the_log_signs(dossier: tuple[bytes, bytes]):
    with pytest.raises(InputError, match="not the one of the log"):
        write_credential(*dossier, bytes(32), CREATED, Form.JOSE)
    document = describe_dossier(*dossier)
    for data in (json.dumps(sign_document(document, bytes(32), CREATED)), sign_jws(document, bytes(32))):
        with pytest.raises(EvidenceError, match="another key than that of the log"):
            open_credential(data.encode())


def test_a_credential_that_says_more_than_its_statement_is_refused(dossier: tuple[bytes, bytes]):
    document = describe_dossier(*dossier)
    document["credentialSubject"]["outcome"] = "refused"
    with pytest.raises(EvidenceError, match="something else than the statement"):
        open_credential(json.dumps(sign_document(document, SEED, CREATED)).encode())


def test_a_proof_of_another_kind_or_purpose_is_refused(dossier: tuple[bytes, bytes]):
    signed = sign_document(describe_dossier(*dossier), SEED, CREATED)
    for member, value in (
        ("cryptosuite", "eddsa-rdfc-2022"),
        ("type", "Ed25519Signature2020"),
        ("proofPurpose", "authentication"),
        ("created", "2020-01-01T00:00:00Z"),
        ("verificationMethod", verification_method(bytes(32))),
        ("@context", ["https://www.w3.org/ns/credentials/v2"]),
    ):
        with pytest.raises(EvidenceError):
            open_document({**signed, "proof": {**signed["proof"], member: value}})
    with pytest.raises(EvidenceError, match="one Data Integrity proof"):
        open_document({**signed, "proof": [signed["proof"], signed["proof"]]})


def test_a_jws_without_signature_or_of_another_algorithm_is_refused(dossier: tuple[bytes, bytes]):
    header, payload, signature = sign_jws(describe_dossier(*dossier), SEED).split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"vc+jwt"}').decode().rstrip("=")
    for text in (
        f"{none}.{payload}.",
        f"{header}.{payload}.",
        f"{header}.{payload}",
        f"{header}.{payload}.{signature}.",
    ):
        with pytest.raises(EvidenceError):
            open_jws(text)


def test_a_member_that_comes_twice_is_refused():
    with pytest.raises(EvidenceError, match="come once"):
        parse_object(b'{"issuer": "a", "issuer": "b"}')


@given(st.binary(max_size=70))
def test_base_58_is_read_as_it_was_written(data: bytes):
    assert decode_base58(encode_base58(data)) == data


@pytest.mark.parametrize(
    "method", ["", "did:key:", "did:web:example.org", f"did:key:{PRINTED_KEY}#z6MkOther", "did:key:z0"]
)
def test_a_signer_that_is_no_key_is_refused(method: str):
    with pytest.raises(EvidenceError, match="did:key"):
        public_key_of(method)
