"""A witness that lies, as a process: `python lying_witness.py WAY`; it prints its key and its address.

Its answers are those of a witness that has lost its honesty, its clock or its mind, none of `lockgate`'s doing.
"""

import sys
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer

from lockgate.evidence.checkpoint import Checkpoint
from lockgate.evidence.cosignature import cosign, cosigner_key
from lockgate.evidence.merkle import TreeHead
from lockgate.evidence.note import ED25519_COSIGNATURE, Note, encode_base64
from lockgate.evidence.witness import parse_submission

SEED = bytes([77] * 32)
KEY = cosigner_key("liar.example/w", SEED, ED25519_COSIGNATURE)
YEAR_S = 365 * 86_400


def _of_another_tree(checkpoint: Checkpoint) -> Checkpoint:
    root = bytes(32)
    text = f"{checkpoint.origin}\n{checkpoint.head.size}\n{encode_base64(root)}\n"
    return replace(checkpoint, head=TreeHead(checkpoint.head.size, root), note=Note(text, ()))


def answer(way: str, checkpoint: Checkpoint, asked: int) -> tuple[int, str]:
    """Return status and text."""
    now_s = int(time.time())  # noqa: TID251 - a witness has a clock of its own

    def line(shift_s: int = 0) -> str:
        return f"{cosign(checkpoint, KEY, SEED, now_s + shift_s)}\n"

    other_key = cosigner_key("liar.example/w", bytes(32), ED25519_COSIGNATURE)
    size = checkpoint.head.size
    answers = {
        "honest": (200, line()),
        "other-tree": (200, f"{cosign(_of_another_tree(checkpoint), KEY, SEED, now_s)}\n"),
        "future": (200, line(YEAR_S)),
        "past": (200, line(-YEAR_S)),
        "garbage": (200, "I have cosigned this.\n"),
        "binary": (200, "\x00\x01\udcff"),
        "nothing": (200, ""),
        "twice": (200, line() + line(1)),
        "another-key": (200, f"{cosign(checkpoint, other_key, bytes(32), now_s)}\n"),
        "ahead": (409, f"{size + 1_000}\n"),
        "fork": (409, f"{size}\n"),
        "restless": (409, f"{(asked + 1) % (size + 1)}\n"),
        "bad-proof": (422, ""),
        "stranger": (404, ""),
    }
    return answers.get(way, (500, "<html>"))


class Handler(BaseHTTPRequestHandler):
    """Answers every POST in one way."""

    def do_POST(self) -> None:
        way = sys.argv[1]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if way == "silent":
            time.sleep(60)
        submission = parse_submission(body)
        status, text = answer(way, submission.checkpoint, submission.old_size)
        data = text.encode("utf-8", "surrogateescape")
        if way == "endless":
            status, data = 200, b"x" * (1 << 22)
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        for at in range(0, len(data), 1 << 16):
            self.wfile.write(data[at : at + (1 << 16)])

    def log_message(self, *_: object) -> None:
        """Say nothing."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Handler)
    print(KEY, f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - the test reads it
    server.serve_forever()
