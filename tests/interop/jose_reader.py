"""Reads a compact JWS with joserfc, a JOSE library of others; run in an environment of its own, FILE as its argument.

The key is taken from the `did:key` in the header, by a reading of its own.
"""

import base64
import json
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")  # EdDSA is named anew in RFC 9864; the old name is what everybody reads

from joserfc import jws  # noqa: E402 - after the warnings are off
from joserfc.jwk import OKPKey  # noqa: E402 - likewise

LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"

text = Path(sys.argv[1]).read_text(encoding="ascii").strip()
head = text.partition(".")[0]
header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
number = 0
for letter in header["kid"].partition("#")[2][1:]:
    number = number * 58 + LETTERS.index(letter)
raw = number.to_bytes(34, "big")
assert raw[:2] == b"\xed\x01"
point = base64.urlsafe_b64encode(raw[2:]).rstrip(b"=").decode()
key = OKPKey.import_key({"kty": "OKP", "crv": "Ed25519", "x": point})
print(json.loads(jws.deserialize_compact(text, key, algorithms=["EdDSA"]).payload)["issuer"])  # noqa: T201 - its answer
