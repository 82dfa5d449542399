"""A number of QQ stands behind its word; letters of a token that happen to read so are none."""

import pyarrow as pa
import pytest

from lockgate.classify.text import identifier_spans


@pytest.mark.parametrize("token", ["p1_pefcuu6ja2zxp65foqqq633775", "p1_k5zqzhg4rhsjpngdgd5qq53537"])
def test_a_pseudonym_holds_no_number_of_qq(token: str) -> None:
    assert identifier_spans(pa.array([token])) == []


def test_the_word_before_a_number_makes_it_one_of_qq() -> None:
    found = identifier_spans(pa.array(["加我qq号633775吧", "QQ: 633775", "my_qq633775"]))
    assert [(row, type_) for row, _, _, type_ in found] == [(row, "qq-number") for row in range(3)]
