"""Traffic of communication: who called whom, when, how long.

Source: Directive 2002/58/EC, articles 2(b) and 6; GB/T 35273-2020, annex A; Protection of Communications Secrets Act
of Korea, article 2(11).
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="communication-metadata",
    category=Category.COMMUNICATION_METADATA,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "call duration, call log, call record, call records, cdr, call time, call start time, calling number",
        "called number, caller number, callee number, caller id, callee, caller, message count, call type",
        "call date, cell tower, cell id, lac, base station, thsc, zjhm call",
        "通话时长, 通话时间, 通话记录, 主叫号码, 被叫号码, 主叫, 被叫, 对方号码, 基站, 基站编号, 话单, 통화시간",
        "통화기록, 발신번호, 수신번호, 발신자번호, 기지국, 통화내역",
    ),
    not_headers=frozenset(phrases("option, warrant, centre, center, price")),
    form=r"^[0-9+(][0-9 :.()/T+-]*(?:[smhZ]|秒|分|초|분)?$",
    chance=0.3,
    weight=2.0,
    contextual=True,
    kinds=NUMERIC,
)
