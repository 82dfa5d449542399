"""Ctrl-C leaves with 130 wherever it comes: in a text that is executed, in native code, and when all is done."""

import subprocess
import sys

import pytest

LISTEN = "import signal, os; signal.signal(signal.SIGINT, signal.default_int_handler); "
STOP = "os.kill(os.getpid(), signal.SIGINT)"
DOOR = "from lockgate.cli import door; "
END = "; import sys; sys.argv = ['lockgate', 'laws']; sys.exit(door.main())"

IN_EXEC = "door._run = lambda given: exec('import os, signal, time; " + STOP + "; time.sleep(9)')"
IN_NATIVE_CODE = """
def run(given):
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise TypeError from None
door._run = run
"""
WHEN_DONE = f"import atexit; atexit.register(lambda: {STOP}); door._run = lambda given: 0"
UNTOUCHED = "door._run = lambda given: 0"


def code_of(how: str, listen: str = LISTEN) -> tuple[int, str]:
    script = f"{listen}\n{DOOR}\n{how}\n{END.removeprefix('; ')}"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stderr


@pytest.mark.parametrize("how", [IN_EXEC, IN_NATIVE_CODE], ids=["exec", "native"])
def test_an_interruption_that_gets_lost_on_the_way_leaves_with_130(how: str) -> None:
    code, said = code_of(how)
    assert code == 130
    assert said.startswith("lockgate: interrupted")


def test_an_interruption_at_the_very_end_leaves_with_130() -> None:
    assert code_of(WHEN_DONE) == (130, "")


def test_without_one_the_exit_code_is_that_of_the_command() -> None:
    assert code_of(UNTOUCHED) == (0, "")


def test_who_is_told_to_ignore_it_goes_on_ignoring_it() -> None:
    deaf = "import signal, os; signal.signal(signal.SIGINT, signal.SIG_IGN); "
    assert code_of(WHEN_DONE, deaf) == (0, "")
