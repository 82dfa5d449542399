"""Notes that staff of the made-up shop wrote: free text, some with names, numbers or illnesses run into the words."""

NO_SLOT, NAME, MOBILE, IDENTITY, OTHER_MOBILE = range(5)
"""What stands in a gap of a note: nothing, or the customer's name, mobile or identity number, or another's mobile."""

Note = tuple[int, str, int, str, int, str]
"""Weight, text, gap, text, gap, text."""

CHINESE: tuple[Note, ...] = (
    (12, "请在工作日白天送货", NO_SLOT, "", NO_SLOT, ""),
    (10, "放门卫处即可", NO_SLOT, "", NO_SLOT, ""),
    (8, "老客户，可享九折", NO_SLOT, "", NO_SLOT, ""),
    (6, "要求开增值税发票", NO_SLOT, "", NO_SLOT, ""),
    (5, "上次包装破损，已补发", NO_SLOT, "", NO_SLOT, ""),
    (6, "客户", NAME, "电话", MOBILE, "要求晚上八点后送"),
    (5, "送货前请打", OTHER_MOBILE, "找其家人", NO_SLOT, ""),
    (4, "已核身份证", IDENTITY, "与本人一致", NO_SLOT, ""),
    (3, "实名", NAME, "证件号", IDENTITY, "已登记"),
    (3, "微信同号", MOBILE, "", NO_SLOT, "，加好友发优惠券"),
    (3, "对花生过敏，勿送坚果赠品", NO_SLOT, "", NO_SLOT, ""),
    (3, "糖尿病患者，只要无糖点心", NO_SLOT, "", NO_SLOT, ""),
    (2, "高血压，需低钠食品", NO_SLOT, "", NO_SLOT, ""),
    (2, "刚做完心脏手术，行动不便，请送上楼", NO_SLOT, "", NO_SLOT, ""),
    (2, "孕期，询问产品成分", NO_SLOT, "", NO_SLOT, ""),
    (2, "清真饮食，不要猪肉制品", NO_SLOT, "", NO_SLOT, ""),
    (1, "抑郁症服药中，家属", OTHER_MOBILE, "代收", NO_SLOT, ""),
)

KOREAN: tuple[Note, ...] = (
    (8, "부재 시 경비실에 맡겨 주세요", NO_SLOT, "", NO_SLOT, ""),
    (6, "해외 배송 조회 문의", NO_SLOT, "", NO_SLOT, ""),
    (5, "고객", NAME, "님", MOBILE, "로 연락 바랍니다"),
    (3, "배우자 연락처는", OTHER_MOBILE, "입니다", NO_SLOT, ""),
    (2, "주민번호", IDENTITY, "확인함", NO_SLOT, ""),
    (2, "견과류 알레르기 있음", NO_SLOT, "", NO_SLOT, ""),
    (1, "당뇨 환자라 무설탕 제품만 원함", NO_SLOT, "", NO_SLOT, ""),
)

ENGLISH: tuple[Note, ...] = (
    (8, "leave with the doorman", NO_SLOT, "", NO_SLOT, ""),
    (5, "prefers replies in English", NO_SLOT, "", NO_SLOT, ""),
    (4, "call ", NAME, " on ", MOBILE, " after six"),
    (2, "passport ", IDENTITY, " checked", NO_SLOT, ""),
    (2, "asthma, no perfume samples please", NO_SLOT, "", NO_SLOT, ""),
    (1, "recovering from surgery, neighbour is at ", OTHER_MOBILE, "", NO_SLOT, ""),
)
