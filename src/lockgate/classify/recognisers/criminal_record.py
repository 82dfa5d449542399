"""Criminal convictions, offences, punishments.

Source: Regulation (EU) 2016/679, article 10; PIPA of Korea, Enforcement Decree, article 18(2); GB/T 45574-2025, annex
A.
"""

from lockgate.classify.recogniser import ANY, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="criminal-record",
    category=Category.CRIMINAL_RECORD,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "criminal record, criminal history, conviction, convictions, offence, offense, offences, arrest, arrests",
        "arrested, felony, crime committed, prior convictions, charge offense, sentence length, prison term",
        "parole, probation status, recidivism, is recid, inmate, fzjl, qk",
        "犯罪记录, 前科, 违法记录, 违法犯罪记录, 刑事记录, 案由, 罪名, 刑期, 处罚记录, 是否有前科, 범죄경력, 범죄",
        "전과, 전과기록, 범죄기록, 수사경력, 죄명, 형량, 犯罪歴",
    ),
    not_headers=frozenset(phrases("rate, per, total, index, statistics")),
    form=r"^(?:.*\p{L}.*|[0-9]{1,2})$",
    strong=(
        r"^(?i:(?:盗窃|诈骗|抢劫|故意伤害|故意杀人|强奸|贩卖毒品|危险驾驶|交通肇事|寻衅滋事|职务侵占|贪污|受贿"
        r"|行贿)罪|(?:first|second|third) degree (?:murder|assault)|grand"
        r" theft|aggravated assault|manslaughter|절도|사기죄|폭행죄|음주운전)$"
    ),
    chance=0.5,
    strong_chance=0.002,
    strong_weight=6.0,
    kinds=ANY,
)
