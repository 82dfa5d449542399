"""The HTTP door of a witness: POST /add-checkpoint, as C2SP tlog-witness asks; `evidence.witness` judges.

Plain HTTP, for the loopback or behind a server that speaks TLS: what it answers is signed, so a listener can drop but
not forge. Every request reads the clock; a request that dawdles is cut off.
"""

import re
import time
from collections.abc import Mapping, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lockgate.evidence.note import VerifierKey
from lockgate.evidence.witness import BAD_REQUEST, BYTES_AT_MOST, NOT_FOUND, Answer, Cosigner, Memory, add_checkpoint
from lockgate.terms.errors import LockgateError

PATH = "/add-checkpoint"
_BROKEN = 500
_LENGTH = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAWDLING_S = 10.0


class WitnessDoor(ThreadingHTTPServer):
    """A server that answers for one witness; a thread for each request."""

    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        logs: Mapping[str, VerifierKey],
        cosigners: Sequence[Cosigner],
        memory: Memory,
    ) -> None:
        super().__init__(address, _Handler)
        self._logs = logs
        self._cosigners = cosigners
        self._memory = memory

    def judge(self, body: bytes) -> Answer:
        """Return the answer to the body of a request."""
        now_s = int(time.time())  # noqa: TID251 - this door is open for long, and each cosignature has a time
        try:
            return add_checkpoint(body, self._logs, self._cosigners, self._memory, now_s)
        except LockgateError:  # its words name files of the witness, which are nobody else's affair
            return Answer(_BROKEN, "the witness cannot keep its record\n")


class _Handler(BaseHTTPRequestHandler):
    server_version = "lockgate-witness"
    sys_version = ""
    timeout = _DAWDLING_S

    def do_POST(self) -> None:
        self._send(self._judged())

    def _judged(self) -> Answer:
        assert isinstance(self.server, WitnessDoor)
        length = self.headers.get("Content-Length", "")
        if self.path != PATH:
            return Answer(NOT_FOUND, f"this witness answers to POST {PATH}\n")
        if not _LENGTH.fullmatch(length) or int(length) > BYTES_AT_MOST:
            return Answer(BAD_REQUEST, f"expected a Content-Length of at most {BYTES_AT_MOST}\n")
        body = self.rfile.read(int(length))
        if len(body) < int(length):
            return Answer(BAD_REQUEST, "the request ends too soon\n")
        return self.server.judge(body)

    def _send(self, answer: Answer) -> None:
        data = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that http.server gives
        """Write nothing: who asked when is not kept."""
