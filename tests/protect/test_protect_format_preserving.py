"""Format-preserving encryption of cells: undone by the key, of the same form, and nothing passed on in clear."""

import re
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.catalogue import CATALOGUE
from lockgate.protect.check_characters import SCHEMES
from lockgate.protect.format_preserving import ALPHABETS, CellForm, decrypt, encrypt
from lockgate.protect.unfit import Unfit
from lockgate.terms.errors import InputError

KEY = bytes(range(32))
REFUSE, EMPTY = Unfit.REFUSE, Unfit.EMPTY

VALID = {
    "luhn": ["4111111111111111", "378282246310005", "79927398713"],  # ISO/IEC 7812-1; public numbers of card networks
    "cn-resident-id": ["11010519491231002X", "440524188001010014"],  # GB 11643-1999, the standard's own examples
    "cn-uscc": ["91350100M000100Y43"],  # GB 32100-2015, the standard's example
    "mod-11-10": ["07945", "69435151530"],  # ISO/IEC 7064, example; OIB
    "verhoeff": ["2363", "234123412346"],
    "kr-resident-number": ["8001011234560"],  # worked by hand: the weighted sum is 122
    "kr-business-number": ["1248100998"],
    "jp-my-number": ["123456789018"],
    "uk-nhs-number": ["9434765919"],
    "nl-bsn": ["111222333"],
    "pl-pesel": ["44051401359"],
    "br-cpf": ["52998224725"],
    "us-aba-routing": ["111000025"],
}
RECOGNISED = {"luhn": "bank-card", "nl-bsn": "nl-bsn", "uk-nhs-number": "uk-nhs-number", "jp-my-number": "jp-my-number"}


def column(values):
    return pa.array(values, type=pa.string())


def encrypted(values, form=None, unfit=REFUSE, domain="d", key=KEY, version=1):
    return encrypt(column(values), form or CellForm(), domain, key, version, unfit).cells.to_pylist()


def decrypted(values, form=None, domain="d", key=KEY, version=1):
    return decrypt(column(values), form or CellForm(), domain, key, version, REFUSE).cells.to_pylist()


def some_numerals(rows, length, radix):
    """Return numerals that look drawn, the same in every run."""
    stream = b"".join(sha256(number.to_bytes(4, "big")).digest() for number in range(-(-rows * length // 32)))
    return (np.frombuffer(stream, dtype=np.uint8)[: rows * length] % radix).reshape(rows, length)


digits = st.text("0123456789", min_size=6, max_size=50)


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), digits), max_size=30))
def test_what_was_encrypted_can_be_decrypted_and_keeps_its_length(values):
    made = encrypted(values)
    assert [value and len(value) for value in made] == [value and len(value) for value in values]
    assert all(value is None or re.fullmatch("[0-9]+", value) for value in made)
    assert decrypted(made) == values


@settings(deadline=None)
@given(st.data(), st.sampled_from(sorted(ALPHABETS)), st.integers(0, 3), st.integers(0, 3))
def test_separators_prefix_and_kept_ends_stay(data, name, first, last):
    alphabet = ALPHABETS[name]
    part = st.text(alphabet, min_size=4, max_size=9)
    values = data.draw(st.lists(st.builds("{}-{}.{}".format, part, part, part), min_size=1, max_size=8))
    values += [f"№ {value}" for value in values]
    form = CellForm(alphabet, separators="-.", prefix="№ ", keep_first=first, keep_last=last)
    made = encrypted(values, form)
    half = len(values) // 2
    assert made[half:] == [f"№ {value}" for value in made[:half]]
    for before, after in zip(values[:half], made, strict=False):
        assert [at for at, sign in enumerate(before) if sign in "-."] == [
            at for at, sign in enumerate(after) if sign in "-."
        ]
        bare_before, bare_after = re.sub(r"[-.]", "", before), re.sub(r"[-.]", "", after)
        assert set(bare_after) <= set(alphabet)
        assert bare_before[:first] == bare_after[:first]
        assert bare_before[len(bare_before) - last :] == bare_after[len(bare_after) - last :]
    assert decrypted(made, form) == values


@settings(deadline=None)
@given(st.lists(st.text("甲乙丙丁戊己庚辛壬癸", min_size=6, max_size=9), max_size=5))
def test_an_alphabet_may_be_of_any_script(values):
    form = CellForm("甲乙丙丁戊己庚辛壬癸", separators="·")
    made = encrypted([f"{value}·{value}" for value in values], form)
    assert all(set(value) <= set("甲乙丙丁戊己庚辛壬癸·") for value in made)
    assert decrypted(made, form) == [f"{value}·{value}" for value in values]


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_known_numbers_hold_their_check_and_a_changed_one_does_not(name):
    scheme = SCHEMES[name]
    for value in VALID[name]:
        body, check = value[: -scheme.characters], value[-scheme.characters :]
        numerals = np.array([[scheme.body_alphabet.index(sign) for sign in body]], dtype=np.uint8)
        assert "".join(scheme.alphabet[numeral] for numeral in scheme.compute(numerals)[0]) == check, value
        numerals[0, -1] = (numerals[0, -1] + 1) % len(scheme.body_alphabet)
        computed = scheme.compute(numerals)[0]
        assert [scheme.alphabet[numeral] if numeral >= 0 else "" for numeral in computed] != list(check)


@pytest.mark.parametrize("name", sorted(SCHEMES))
def test_a_check_is_computed_anew_and_undone(name):
    scheme = SCHEMES[name]
    length = scheme.body_length or 12
    bodies = some_numerals(400, length, len(scheme.body_alphabet))
    checks = scheme.compute(bodies)
    bodies, checks = bodies[(checks >= 0).all(axis=1)], checks[(checks >= 0).all(axis=1)]
    values = [
        "".join(scheme.body_alphabet[n] for n in body) + "".join(scheme.alphabet[n] for n in check)
        for body, check in zip(bodies, checks, strict=True)
    ]
    form = CellForm(check=name)
    made = encrypted(values, form)
    assert len(set(made)) == len(set(values))
    for value in made:
        numerals = np.array([[scheme.alphabet.index(sign) for sign in value]], dtype=np.uint8)
        assert (scheme.compute(numerals[:, : -scheme.characters]) == numerals[:, -scheme.characters :]).all()
    assert decrypted(made, form) == values
    wrong = [value[:-1] + scheme.alphabet[(scheme.alphabet.index(value[-1]) + 1) % 10] for value in values]
    assert encrypt(column(wrong), form, "d", KEY, 1, EMPTY).unfit == len(wrong)


@pytest.mark.parametrize("name", sorted(RECOGNISED))
def test_a_replaced_number_passes_the_check_of_the_recogniser(name):
    recogniser = CATALOGUE[RECOGNISED[name]]
    scheme = SCHEMES[name]
    bodies = some_numerals(200, scheme.body_length or 15, 10)
    checks = scheme.compute(bodies)
    values = ["".join(map(str, [*b, *c])) for b, c in zip(bodies, checks, strict=True) if (c >= 0).all()]
    holds = [recogniser.check(value) for value in values]
    assert all(holds) or name == "luhn"  # a card has a known range of issuers as well
    assert all(recogniser.check(value) for value in encrypted(values, CellForm(check=name))) or name == "luhn"


def test_a_kept_card_range_stays_a_card_for_the_recogniser():
    recogniser = CATALOGUE["bank-card"]
    made = encrypted(["4111111111111111", "5500-0000-0000-0004"], CellForm(separators="-", check="luhn", keep_first=6))
    assert made[0].startswith("411111")
    assert made[1].startswith("5500-00")
    assert all(recogniser.check(value) for value in made)


def test_a_small_check_letter_is_read_and_written_large():
    form = CellForm(check="cn-resident-id")
    made = encrypted(["11010519491231002x", "11010519491231002X"], form)
    assert made[0] == made[1]
    assert decrypted(made, form) == ["11010519491231002X"] * 2


@pytest.mark.parametrize(
    "value",
    ["", "12345", "1234567a", "12345 67", "１２３４５６７", "-1234567", "1234567\x00", "abc", "1234567\n", "12345é7"],
)
def test_what_has_not_the_form_is_refused_or_emptied_never_passed_on(value):
    treated = encrypt(column([value, "1234567"]), CellForm(), "d", KEY, 1, EMPTY)
    assert treated.unfit == 1
    assert treated.cells.to_pylist()[0] is None
    assert treated.cells.to_pylist()[1] not in (None, "1234567")
    with pytest.raises(InputError) as caught:
        encrypted([value, "1234567"])
    assert not value or value not in str(caught.value)


def test_a_cell_of_a_thousand_characters_is_treated_and_a_longer_one_is_no_identifier():
    longest = "1234567890" * 100
    made = encrypted([longest, longest + "1", None], unfit=EMPTY)
    assert made[1:] == [None, None]
    assert decrypted(made[:1]) == [longest]


def test_every_cell_may_have_its_own_length_and_its_own_separators():
    values = [f"{'1234567' * (1 + number % 5)}{'-' * (number % 7)}{number:06d}-{number}" for number in range(500)]
    form = CellForm(separators="-")
    made = encrypted(values, form)
    assert decrypted(made, form) == values
    assert [value.count("-") for value in made] == [value.count("-") for value in values]


def test_bytes_of_an_emptied_cell_are_not_in_the_column():
    cells = encrypt(column(["12345678", "1234567a", "secretly"]), CellForm(), "d", KEY, 1, EMPTY).cells
    assert b"secret" not in b"".join(bytes(buffer) for buffer in cells.buffers() if buffer is not None)


def test_fewer_than_a_million_values_are_refused_with_the_way_out():
    with pytest.raises(InputError, match="1 cells of a batch") as caught:
        encrypted(["12345", "123456"])
    assert "tokenise" in caught.value.hint
    with pytest.raises(InputError):
        encrypted(["1234567890"], CellForm(keep_first=3, keep_last=2))
    assert decrypted(encrypted(["123456"])) == ["123456"]


def test_a_prefix_of_the_alphabet_must_be_there():
    form = CellForm(prefix="86")
    treated = encrypt(column(["8613812345678", "13812345678"]), form, "d", KEY, 1, EMPTY)
    assert treated.unfit == 1
    assert treated.cells.to_pylist()[1] is None
    assert treated.cells.to_pylist()[0].startswith("86")


def test_separators_do_not_change_who_is_meant():
    form = CellForm(separators="- ", prefix="+86 ")
    with_hyphens, without, with_prefix = encrypted(["138-1234-5678", "13812345678", "+86 13812345678"], form)
    assert with_hyphens.replace("-", "") == without == with_prefix.removeprefix("+86 ")


def test_key_version_domain_and_what_is_kept_set_values_apart():
    one = encrypted(["1234567890123456"])
    assert one != encrypted(["1234567890123456"], domain="e")
    assert one != encrypted(["1234567890123456"], version=2)
    assert one != encrypted(["1234567890123456"], key=bytes(32))
    first, second = encrypted(["1111114567890123", "2222224567890123"], CellForm(keep_first=6))
    assert first[6:] != second[6:]


def test_repeated_values_are_the_same_as_single_ones():
    values = ["1234567890", "0987654321", None] * 3_000
    assert encrypted(values) == encrypted(values[:3]) * 3_000


def test_a_slice_of_a_column_is_read_as_its_own():
    whole = column(["1234567890", None, "0987654321", "5555555555"])
    part = encrypt(whole.slice(1, 2), CellForm(), "d", KEY, 1, REFUSE).cells.to_pylist()
    assert part == [None, encrypted(["0987654321"])[0]]


def test_an_empty_column_and_one_of_nulls_stay():
    assert encrypted([]) == []
    assert encrypted([None, None]) == [None, None]


@pytest.mark.parametrize(
    "wrong",
    [
        {"alphabet": "0"},
        {"alphabet": "00"},
        {"alphabet": "01", "separators": "1"},
        {"check": "mod-7"},
        {"check": "luhn", "alphabet": "abc"},
        {"check": "luhn", "keep_last": 4},
        {"keep_first": -1},
    ],
)
def test_a_form_that_cannot_be_kept_is_refused(wrong):
    with pytest.raises(InputError):
        CellForm(**wrong)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        encrypted(["1234567"], key=b"short")
