import pytest

from lockgate.evidence.cosignature import cosigner_key
from lockgate.evidence.note import ED25519_COSIGNATURE, VerifierKey, verifier_key
from lockgate.evidence.trust import parse_trust
from lockgate.terms.errors import InputError

ONE = verifier_key("log.example/one", bytes(32))
TWO = verifier_key("log.example/two", bytes([1] * 32))
W1, W2, W3 = (cosigner_key(f"witness.example/{number}", bytes([number] * 32)) for number in (2, 3, 4))
ED = cosigner_key("witness.example/5", bytes([5] * 32), ED25519_COSIGNATURE)
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
    text = f"# policy\nlog {ONE} https://log.example/one\nwitness W {W1}\ngroup G any W\n\tlog\t{TWO}\nquorum none\n"
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
        f"log {ED}\nquorum none\n",
        f"log {ONE}\nwitness W {W1}\nwitness V {W1}\nquorum W\n",
        f"log {ONE}\nwitness W {W1}\ngroup G 2 W W\nquorum G\n",
        f"log {ONE}\nwitness W {W1}\ngroup G 01 W\nquorum G\n",
        f"log {ONE}\nwitness W {W1}\ngroup G any none W\nquorum G\n",
        f"log {ONE}\nquorum W\n",
        f"log {ONE}\nlog {ONE}\nquorum none\n",
        f"{ONE}\n{SAME}\n",
        f"log {ONE} url more\nquorum none\n",
        f"log {ONE}\nlogs {TWO}\nquorum none\n",
        f"log {ONE}\nwitness none {W1}\nquorum none\n",
        f"log {ONE}\ngroup G any W\nquorum none\n",
        f"log {ONE}\nwitness W {W1}\ngroup G 2 W\nquorum none\n",
        f"log {ONE}\nwitness W {W1}\ngroup G 1 W\ngroup H 1 W\nquorum none\n",
        "quorum none\n",
        f"log {str(ONE)[:-4]}\nquorum none\n",
    ],
)
def test_a_trust_anchor_that_says_something_else_is_an_input_error(text: str):
    with pytest.raises(InputError):
        parse_trust(text)


POLICY = f"""
log {ONE}
witness X1 {W1}
witness X2 {W2} https://witness.example/x2
group X 2 X1 X2
witness Y1 {W3}
group all-of-them all X Y1
quorum all-of-them
"""


@pytest.mark.parametrize(
    ("names", "is_met"),
    [((), False), (("X1", "X2"), False), (("X1", "Y1"), False), (("X1", "X2", "Y1"), True)],
)
def test_a_quorum_of_groups_counts_as_the_policy_says(names, is_met):
    assert parse_trust(POLICY).is_met_by(names) == is_met


def test_witnesses_carry_the_url_that_takes_checkpoints():
    assert [witness.url for witness in parse_trust(POLICY).witnesses] == ["", "https://witness.example/x2", ""]


def test_quorum_none_asks_for_nobody():
    assert parse_trust(f"log {ONE}\nquorum none\n").is_met_by(())
