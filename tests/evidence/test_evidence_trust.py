import pytest

from lockgate.evidence.note import VerifierKey, verifier_key
from lockgate.evidence.trust import parse_trust
from lockgate.terms.errors import InputError

ONE = verifier_key("log.example/one", bytes(32))
TWO = verifier_key("log.example/two", bytes([1] * 32))
SAME = VerifierKey("log.example/again", ONE.public_key)


def test_one_key_is_a_trust_anchor():
    trust = parse_trust(str(ONE))
    assert trust.covers(ONE)
    assert not trust.covers(TWO)


def test_a_key_under_another_name_is_not_trusted():
    assert not parse_trust(str(ONE)).covers(SAME)


def test_a_file_may_hold_several_keys_and_comments():
    assert parse_trust(f"# ours\n{ONE}\n\n  {TWO}\n").keys == (ONE, TWO)


def test_a_policy_without_witnesses_names_logs():
    text = f"# policy\nlog {ONE} https://log.example/one\nwitness W {TWO}\ngroup G any W\n\tlog\t{TWO}\nquorum none\n"
    assert parse_trust(text).keys == (ONE, TWO)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n",
        "a-word",
        f"log {ONE}\n",
        f"log {ONE}\nquorum none\nquorum none\n",
        f"log {ONE}\nwitness W {TWO}\nquorum W\n",
        f"log {ONE}\nquorum W\n",
        f"log {ONE}\nlog {ONE}\nquorum none\n",
        f"{ONE}\n{SAME}\n",
        f"log {ONE} url more\nquorum none\n",
        f"log {ONE}\nlogs {TWO}\nquorum none\n",
        f"log {ONE}\nwitness none {TWO}\nquorum none\n",
        f"log {ONE}\ngroup G any W\nquorum none\n",
        f"log {ONE}\nwitness W {TWO}\ngroup G 2 W\nquorum none\n",
        f"log {ONE}\nwitness W {TWO}\ngroup G 1 W\ngroup H 1 W\nquorum none\n",
        "quorum none\n",
        f"log {str(ONE)[:-4]}\nquorum none\n",
    ],
)
def test_a_trust_anchor_that_says_something_else_is_an_input_error(text: str):
    with pytest.raises(InputError):
        parse_trust(text)


def test_a_quorum_that_nobody_checks_is_refused_rather_than_ignored():
    with pytest.raises(InputError, match="quorum W"):
        parse_trust(f"log {ONE}\nwitness W {TWO}\nquorum W\n")
