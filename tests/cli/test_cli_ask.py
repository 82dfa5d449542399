"""`lockgate decide --ask` asks the most decisive question first and writes the answers into the flow file."""

import signal
import subprocess
import sys
import tomllib
from io import StringIO

import pytest

FLOW = """title = "Export"
as_of = 2026-11-21

[data]
subjects_in = ["CN"]
persons = 100
min_age = 18
important = "no"

[data.columns.email]
category = "contact"
necessary = true

[holder]
in = "CN"
exported_this_year = { ordinary = 0, sensitive = 0 }

[recipient]
in = "DE"
as = "entrusted-party"

[purpose]
use = "analytics"

[means]
by = "copy"
"""


@pytest.fixture
def ask(place, lockgate, monkeypatch):
    def run(answers, *options):
        (place / "flow.toml").write_text(FLOW)
        monkeypatch.setattr(sys, "stdin", StringIO(answers))
        return lockgate("decide", "flow.toml", "--ask", "--json", *options), tomllib.loads(
            (place / "flow.toml").read_text()
        )

    return run


def test_answers_become_facts_until_nothing_decides_any_more(ask):
    answers = "contract\nnot a word\n" + "no\n" * 12 + "\n" * 20
    done, flow = ask(answers)
    assert flow["basis"]["ground"] == "contract"
    assert "critical-infrastructure-operator" not in flow["holder"]["roles"]
    assert "lender" in flow["holder"]["roles_unknown"]
    decision = done.document
    assert decision["outcome"] in ("conditional", "permitted"), decision["missing"]
    assert done.code == 0


def test_an_empty_answer_skips_a_question_and_leaves_it_unknown(ask):
    done, flow = ask("\n" * 40)
    assert "ground" not in flow.get("basis", {})
    assert done.document["outcome"] == "undecided"
    assert done.code == 5


def test_nobody_there_to_answer_is_said(ask):
    done, _ = ask("")
    assert done.code == 2
    assert "--ask needs somebody who answers" in done.err


def test_questions_say_who_asks_why_and_how_many_are_left(ask):
    done, _ = ask("\n" * 40)
    assert "asked by cn/" in done.err
    assert "why: depends on what is not known" in done.err
    assert "questions can still change the outcome" in done.err


def test_questions_are_asked_and_answered_in_the_language_of_the_person(ask):
    done, flow = ask("contract\n" + "否\n" * 12 + "\n" * 20, "--lang", "zh")
    assert "处理依据哪项合法性基础" in done.err or "直接回车跳过" in done.err
    assert "《个人信息保护法》" in done.err
    assert "critical-infrastructure-operator" not in flow["holder"]["roles"]
    _, flow = ask("contract\n" + "아니오\n" * 12 + "\n" * 20, "--lang", "ko")
    assert "critical-infrastructure-operator" not in flow["holder"]["roles"]


def test_an_interrupt_in_the_middle_leaves_the_file_whole_with_the_answers_so_far(tmp_path):
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    # a process born behind a `&` of a shell without a terminal is deaf to the keyboard, and so are its children
    listening = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    start = f"{listening}import sys; from lockgate.cli.door import main; sys.exit(main())"
    command = [sys.executable, "-c", start, "decide", str(path), "--ask", "--json"]
    running = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    running.stdin.write("contract\n")
    running.stdin.flush()
    said = ""
    while said.count("> ") < 2:  # the second question waits
        said += running.stderr.read(1)
    running.send_signal(signal.SIGINT)
    running.communicate(timeout=60)
    assert running.returncode == 130
    assert tomllib.loads(path.read_text())["basis"]["ground"] == "contract"
    assert [item.name for item in tmp_path.iterdir() if item.name != ".lockgate"] == ["flow.toml"]
