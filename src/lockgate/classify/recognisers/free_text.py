"""Longer text that people wrote, which may say anything about anyone.

Source: none; sentences are told by their length, their words and their marks.
"""

from lockgate.classify.recogniser import ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_SENTENCE = (
    r"(?s).*\p{L}\p{L}(?:\S*\s+){5,}\S+|.*(?:\p{Han}.*){8}|.*(?:\p{Hangul}.*){5}\s.*(?:\p{Hangul}.*){3}"
    r"|.*\p{L}{2,}.*[，。！？；].*\p{L}.*"
)


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds: sentences are long and seldom twice the same."""
    if column.cells >= 20 and column.distinct_ratio < 0.05:  # noqa: PLR2004 - a list of set phrases
        return -4.0
    return 0.0 if column.mean_length >= 12 else -3.0  # noqa: PLR2004 - characters, a short Chinese sentence


RECOGNISER = Recogniser(
    type="free-text",
    category=Category.FREE_TEXT,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "note, notes, ~description, comment, comments, remark, remarks, message, feedback, review, memo, text",
        "content, body, complaint, free text, bz",
        "备注, 说明, 留言, 评论, 描述, 内容, 意见, 反馈, 附言, 비고, 메모, 내용, 설명, 의견, 리뷰, 문의내용",
        "특이사항, 상담내용",
    ),
    form=rf"^(?:{_SENTENCE}|(?s).*\p{{L}}{{2,}}.*)$",
    strong=rf"^(?:{_SENTENCE})$",
    chance=0.5,
    strong_chance=0.02,
    weight=1.5,
    strong_weight=7.5,
    plausible=_plausible,
    contextual=True,
)
