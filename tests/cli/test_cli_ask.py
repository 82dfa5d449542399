"""`lockgate decide --ask` asks the most decisive question first and writes the answers into the flow file."""

import json
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


def ask(tmp_path, answers):
    path = tmp_path / "flow.toml"
    path.write_text(FLOW)
    done = subprocess.run(
        [sys.executable, "-m", "lockgate", "decide", str(path), "--ask", "--json"],
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
