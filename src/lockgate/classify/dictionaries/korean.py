"""Korean surnames and syllables of given names: our own list of the frequent ones, by common knowledge."""

SURNAMES: frozenset[str] = frozenset().union(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추",
    "도소석선설마길연위표명기반라왕금옥육인맹제모탁국은편용예봉경사부",
)
"""Frequent surnames of one syllable."""

COMPOUND_SURNAMES = frozenset(word for row in ("남궁 독고 동방 사공 서문 선우 제갈 황보",) for word in row.split())
"""Surnames of two syllables."""

GIVEN: frozenset[str] = frozenset().union(
    "민서지준현우영수진성호재승상동경은혜미정선윤연희숙자순옥말춘금복남철규태용훈석원종기형광한빈찬도하예유나다라",
    "리아가람솔별이인주시후건율온결봄채슬새롬보검효신소안환범식섭욱혁권림린란름루비빛샘세송솜초향화홍황해협필표택",
    "창천중제일의완와오엽열여언양애심실숭술손섬설산사배방박바문무명면만마덕대단길근국구교관공고걸갑강각",
)
"""Syllables that given names are made of."""

NOT_NAMES = frozenset(
    word
    for row in (
        "강원 강원도 경기 경기도 경주 고객 고양 고양시 고졸 공무원 공사 과장 광주 교사 교수 구리 구미 기독교 기사",
        "기타 기혼 김천 김포 김해 남성 남원 남자 대구 대기 대리 대전 대졸 도서 무교 문의 문자 미혼 반품 배송 변호사",
        "부산 부장 불교 사용 사원 서비스 서울 서울시 성남 신규 신용 신청 안내 안산 안성 안양 안전 양산 양주 여성 여수",
        "여자 여주 여행 연구원 예약 오산 완료 우수 울산 원주 유교 은행 의사 이사 이상 이천 이혼 인천 인천시 일반 전라",
        "전주 전화 정보 정상 정지 제주 제주도 주문 주부 주소 주의 중졸 지원 진주 진행 차장 천주교 하남 현금 회사원",
    )
    for word in row.split()
)
"""Frequent words that only look like names."""
