"""A store that takes a question and never answers is given up, with an error, and Ctrl-C is heard meanwhile."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from lockgate.tables import patience, remote_files
from lockgate.tables.patience import answered, is_asked_still
from lockgate.tables.source import open_source
from lockgate.terms.errors import CounterpartyError
from lockgate.terms.flow_request import SourceReference

AZURE = "abfs://account@127.0.0.1:{}/box/people.parquet?credential_kind=anonymous&enable_tls=false"
S3 = "s3://box/people.parquet?endpoint_override=127.0.0.1:{}&scheme=http&region=eu-central-1"

DOOR = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # who starts the tests may ignore it
from lockgate.tables import remote_files
remote_files._PATIENCE_S = float(sys.argv.pop(1))
from lockgate.cli.door import main
sys.exit(main())
"""


@pytest.fixture
def deaf() -> Iterator[tuple[int, threading.Event]]:
    """A server that takes connections and says nothing: its port, and whether it was asked."""
    server, asked, held = socket.create_server(("127.0.0.1", 0)), threading.Event(), []

    def listen() -> None:
        while True:
            try:
                held.append(server.accept()[0])
            except OSError:
                return
            asked.set()

    listening = threading.Thread(target=listen)
    listening.start()
    yield server.getsockname()[1], asked
    server.shutdown(socket.SHUT_RDWR)  # wakes who listens
    listening.join()
    server.close()
    for connection in held:
        connection.close()


def scan(location: str, patience_s: float) -> subprocess.Popen[str]:
    """A scan of a store, as a process of its own."""
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, sys.path))
    command = [sys.executable, "-c", DOOR, str(patience_s), "scan", location]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


def test_what_is_answered_is_returned_and_what_goes_wrong_is_raised() -> None:
    assert answered(lambda: 5, 10.0) == 5
    with pytest.raises(KeyError, match="gone"):
        answered(lambda: {}["gone"], 10.0)


def test_what_waits_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "_LEFT", [])
    done = threading.Event()
    with pytest.raises(TimeoutError):
        answered(done.wait, 0.05)
    assert is_asked_still()
    done.set()
    patience._LEFT[0].join()
    assert not is_asked_still()


def test_a_store_that_never_answers_is_an_error_of_its_own(
    deaf: tuple[int, threading.Event], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "_LEFT", [])
    monkeypatch.setattr(remote_files, "_PATIENCE_S", 0.5)
    with pytest.raises(CounterpartyError, match="does not answer"):
        open_source(SourceReference(AZURE.format(deaf[0])))
    assert deaf[1].is_set()


def test_more_patience_is_had_where_a_location_asks_for_it() -> None:
    assert remote_files._patience_of("gs://box/a.csv?retry_limit_seconds=60") == remote_files._PATIENCE_S + 60
    assert remote_files._patience_of("gs://box/a.csv?retry_limit_seconds=x") == remote_files._PATIENCE_S


@pytest.mark.slow
def test_a_command_that_gave_up_ends_although_the_library_goes_on(deaf: tuple[int, threading.Event]) -> None:
    process = scan(S3.format(deaf[0]), 2.0)
    said = process.communicate(timeout=60)[1]  # the library of S3 tries for a minute and a half
    assert process.returncode == CounterpartyError.exit_code
    assert "\nlockgate: the store of `s3://box/people.parquet` does not answer\n" in f"\n{said}"  # behind progress


@pytest.mark.slow
def test_ctrl_c_is_heard_while_a_store_is_asked(deaf: tuple[int, threading.Event]) -> None:
    process = scan(AZURE.format(deaf[0]), 600.0)
    assert deaf[1].wait(60)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert "\nlockgate: interrupted\n" in f"\n{process.communicate(timeout=60)[1]}"  # likewise
    assert process.returncode == 130
