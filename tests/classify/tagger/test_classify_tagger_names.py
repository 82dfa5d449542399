"""Names in free text: found where people say they stand, the same on every path, and few where there are none."""

import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lockgate.classify.tagger import compiled, decoding, names, signs
from lockgate.classify.tagger.attributes import attributes
from lockgate.classify.tagger.lexicon import lexicon
from lockgate.classify.tagger.model import model
from lockgate.classify.tagger.names import name_spans
from lockgate.classify.tagger.tokens import tokens_of

SENTENCES = Path(__file__).parent / "sentences"
LANGUAGES = ("zh", "ko", "en")


def marked(language):
    """Return the sentences of one language, written by hand and never trained on, with their names.

    Those in `*_later.txt` were written before the model was trained; only their totals were looked at.
    """
    found = []
    lines = (path.read_text(encoding="utf-8").splitlines() for path in sorted(SENTENCES.glob(f"{language}*.txt")))
    for line in chain.from_iterable(lines):
        if line and not line.startswith("#"):
            text, spans = "", set()
            for part in re.split("(⟦[^⟧]*⟧)", line):
                bare = part.strip("⟦⟧")
                if part.startswith("⟦"):
                    spans.add((len(text), len(text) + len(bare)))
                text += bare
            found.append((text, spans))
    return found


ALL = [text for language in LANGUAGES for text, _ in marked(language)]


def found_in(text):
    """Return the names found in one text."""
    return [text[start:end] for _, start, end in name_spans([text])]


def labels_by(path, texts):
    """Return the labels of one path."""
    tokens = tokens_of(signs.codes_of("\0\0\0".join(texts)))
    return path.labels_of(attributes(tokens, lexicon()), model()).tolist()


@pytest.mark.parametrize(
    ("language", "least_precision", "least_f1"), [("zh", 0.87, 0.85), ("ko", 0.88, 0.85), ("en", 0.85, 0.86)]
)
def test_names_are_found_in_sentences_of_many_genres(language, least_precision, least_f1):
    sentences = marked(language)
    found = set(name_spans([text for text, _ in sentences]))
    wanted = {(number, *span) for number, (_, spans) in enumerate(sentences) for span in spans}
    right = len(found & wanted)
    precision, recall = right / len(found), right / len(wanted)
    assert len(sentences) > 200
    assert precision >= least_precision
    assert 2 * precision * recall / (precision + recall) >= least_f1


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("张先生昨天来过。", "张"),
        ("王小明昨天打电话来。", "王小明"),
        ("请转告欧阳老师，会议改期。", "欧阳"),
        ("导演克里斯托弗·诺兰的新片上映了。", "克里斯托弗·诺兰"),
        ("김철수 씨는 서울에서 태어났다.", "김철수"),
        ("배우 톰 크루즈가 내한했다.", "톰 크루즈"),
        ("박지민님, 안녕하세요.", "박지민"),
        ("Mr. Owen Braund will call you.", "Owen Braund"),
        ("Dr Laura Chen reviewed the file.", "Laura Chen"),
        ("Please contact J. R. Hartley about it.", "J. R. Hartley"),
        ("Sarah's invoice was paid.", "Sarah"),
        ("hey sarah can you send the file", "sarah"),
        ("默克尔拒绝置评。", "默克尔"),
        ("市民王伟称电梯坏了三天。", "王伟"),
        ("李明据理力争。", "李明"),
        ("독일의 철학자 한나 아렌트는 미국으로 망명했다.", "한나 아렌트"),
        ("Louis XIV signed the treaty.", "Louis XIV"),
    ],
)
def test_a_span_is_the_name_without_title_or_particle(text, name):
    assert found_in(text) == [name]


@pytest.mark.parametrize(
    "text",
    [
        "马上就要开会了，方便的话尽快回复。",
        "高兴得不得了，华为手机到货了。",
        "于是全国各地都下雪了。",
        "设施齐全，房间温馨，前台冷淡，凌晨很吵。",
        "정말 이번 김치는 서울에서 제일 맛있다.",
        "이상 없음으로 확인되었습니다.",
        "고객님의 주문이 접수되었습니다.",
        "다음의 [표]와 같다. 단위 : 백만원",
        "Will you mark the date in May?",
        "Shares of Nvidia rose; Tableau and Salesforce fell.",
        "Goldman Sachs and Wells Fargo rose in New York.",
        "2024-05-01 10:22:31 ERROR connection timed out",
        "[PERSON-NAME-K7Q2MXAB] [PHONE-K7Q2MXAB]",
        "",
        " \n\t",
    ],
)
def test_what_only_looks_like_a_name_is_left_alone(text):
    assert found_in(text) == []


def test_the_compiled_path_gives_the_answers_of_the_plain_one():
    assert labels_by(compiled, ALL) == labels_by(decoding, ALL)


PIECES = st.sampled_from(
    [*ALL[::9], "王", "김", " ", "\n", "·", ".", "Mr. ", "O'Neil", "先生", "씨", "👍", "ａｂ", "𠮷", "\ud800", "é"]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=6).map("".join))
def test_both_paths_agree_on_any_text_and_spans_are_in_order(text):
    if text:
        assert labels_by(compiled, [text]) == labels_by(decoding, [text])
    spans = name_spans([text])
    assert all(0 <= start < end <= len(text) for _, start, end in spans)
    assert spans == sorted(spans)


def test_a_text_is_read_alone_whatever_stands_beside_it():
    together = name_spans(ALL)
    alone = [(number, start, end) for number, text in enumerate(ALL) for _, start, end in name_spans([text])]
    assert together == alone


def test_a_long_text_is_read_whole(monkeypatch):
    line = "经理王小明昨天来过。\n"
    monkeypatch.setattr(names, "LONG", 10 * len(line))
    spans = name_spans(["ok", line * 25])
    assert spans == [(1, number * len(line) + 2, number * len(line) + 5) for number in range(25)]


def test_many_texts_take_the_compiled_path_with_the_same_answers():
    texts = ALL * 20
    assert sum(map(len, texts)) > names.SHORT
    once = name_spans(ALL)
    assert name_spans(texts) == [
        (number + turn * len(ALL), start, end) for turn in range(20) for number, start, end in once
    ]


def test_without_numba_the_answers_are_the_same(monkeypatch):
    texts = ALL * 2
    assert sum(map(len, texts)) > names.SHORT
    expected = name_spans(texts)
    monkeypatch.setattr(names, "compiled", lambda: None)
    assert name_spans(texts) == expected


def test_what_ships_is_small():
    files = [path for path in Path(names.__file__).parent.iterdir() if path.suffix == ".bin"]
    assert len(files) == 2
    assert sum(path.stat().st_size for path in files) < 3_000_000
