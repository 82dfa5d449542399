"""`lockgate decide --ask` asks the most decisive question first and writes the answers into the flow file."""

import json
import signal
import subprocess
import sys
import tomllib

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


def ask(tmp_path, answers, *options):
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    done = subprocess.run(
        [sys.executable, "-m", "lockgate", "decide", str(path), "--ask", "--json", *options],
        input=answers,
        capture_output=True,
        text=True,
        check=False,
    )
    return done, tomllib.loads(path.read_text())


def test_answers_become_facts_until_nothing_decides_any_more(tmp_path):
    answers = "contract\nnot a word\n" + "no\n" * 12 + "\n" * 20
    done, flow = ask(tmp_path, answers)
    assert flow["basis"]["ground"] == "contract"
    assert "critical-infrastructure-operator" not in flow["holder"]["roles"]
    assert "lender" in flow["holder"]["roles_unknown"]
    decision = json.loads(done.stdout)
    assert decision["outcome"] in ("conditional", "permitted"), decision["missing"]
    assert done.returncode == 0


def test_an_empty_answer_skips_a_question_and_leaves_it_unknown(tmp_path):
    done, flow = ask(tmp_path, "\n" * 40)
    assert "ground" not in flow.get("basis", {})
    assert json.loads(done.stdout)["outcome"] == "undecided"
    assert done.returncode == 5


def test_nobody_there_to_answer_is_said(tmp_path):
    done, _ = ask(tmp_path, "")
    assert done.returncode == 2
    assert "--ask needs somebody who answers" in done.stderr


def test_questions_say_who_asks_why_and_how_many_are_left(tmp_path):
    done, _ = ask(tmp_path, "\n" * 40)
    assert "asked by cn/" in done.stderr
    assert "why: depends on what is not known" in done.stderr
    assert "questions can still change the outcome" in done.stderr


def test_questions_are_asked_and_answered_in_the_language_of_the_person(tmp_path):
    done, flow = ask(tmp_path, "contract\n" + "否\n" * 12 + "\n" * 20, "--lang", "zh")
    assert "处理依据哪项合法性基础" in done.stderr or "直接回车跳过" in done.stderr
    assert "《个人信息保护法》" in done.stderr
    assert "critical-infrastructure-operator" not in flow["holder"]["roles"]
    _, flow = ask(tmp_path, "contract\n" + "아니오\n" * 12 + "\n" * 20, "--lang", "ko")
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
