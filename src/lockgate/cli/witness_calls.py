"""HTTP to witnesses: POST to SUBMISSION-PREFIX/add-checkpoint, with a time limit for the whole of an answer.

No redirect is followed and nothing but the answer's status, media type and text is looked at: whom to believe is
`evidence.submission`'s to say.
"""

import http.client
import socket
from contextlib import suppress
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from lockgate.cli.witness_door import PATH
from lockgate.evidence.witness import Answer
from lockgate.terms.errors import CounterpartyError, InputError

BYTES_AT_MOST = 1 << 20
"""The longest answer that is read."""

_CONNECTIONS = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}


def check_address(url: str) -> SplitResult:
    """Return the parts of a witness's submission prefix.

    Raises:
        InputError: If it is no HTTP address.
    """
    wrong = InputError(f"`{url}`: no address of a witness", "write http://HOST[:PORT] or https://… in the policy")
    try:
        parts = urlsplit(url)
        is_good = parts.scheme in _CONNECTIONS and bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise wrong from error
    if not is_good or parts.query or parts.fragment or parts.username:
        raise wrong
    return parts


def post(url: str, body: bytes, limit_s: float) -> Answer:
    """Return what a witness answers.

    Args:
        url: Its submission prefix.
        body: Of the request.
        limit_s: How long the whole exchange may take, seconds.

    Raises:
        CounterpartyError: If there is no whole answer in time.
    """
    parts = check_address(url)
    assert parts.hostname
    connection = _CONNECTIONS[parts.scheme](parts.hostname, parts.port, timeout=limit_s)
    # The timeout of a socket begins anew with every byte; this one does not.
    timer = Timer(limit_s, _cut, (connection,))
    timer.daemon = True
    timer.start()
    try:
        connection.request("POST", parts.path.rstrip("/") + PATH, body, {"Content-Type": "text/plain; charset=utf-8"})
        answer = connection.getresponse()
        data = answer.read(BYTES_AT_MOST + 1)
        length = answer.length or 0
    except (OSError, http.client.HTTPException) as error:
        raise CounterpartyError(f"no answer: {_reason(error, limit_s)}") from error
    finally:
        timer.cancel()
        connection.close()
    if len(data) > BYTES_AT_MOST:
        raise CounterpartyError(f"its answer is longer than {BYTES_AT_MOST} bytes")
    if length:
        raise CounterpartyError("its answer ends too soon")
    return Answer(answer.status, data.decode("utf-8", errors="replace"), answer.getheader("Content-Type", ""))


def _cut(connection: http.client.HTTPConnection) -> None:
    with suppress(OSError, AttributeError):  # it may be closed, or not be open yet
        connection.sock.shutdown(socket.SHUT_RDWR)


def _reason(error: Exception, limit_s: float) -> str:
    if isinstance(error, TimeoutError):
        return f"nothing came within {limit_s:g} s"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror.lower()
    return "what came was cut off or is no HTTP"
