"""Korean surnames and syllables of given names: our own list of the frequent ones, by common knowledge."""

SURNAMES: frozenset[str] = frozenset().union(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추",
    "나도소석선설마길연위표명기반라왕금옥육인맹제모탁국은편용예봉경사부",
)
"""Frequent surnames of one syllable."""

COMPOUND_SURNAMES = frozenset(word for row in ("남궁 독고 동방 사공 서문 선우 제갈 황보",) for word in row.split())
"""Surnames of two syllables."""

GIVEN: frozenset[str] = frozenset().union(
    "가각갑강건걸검결겸경고공관광교구국권규근금기길나남늘다단대덕도동라란람롬루류륜름릉리린림마만말맹면명무묵문미민",
    "바박방배백범별병보복본봄봉비빈빛사산삼상새샘서석선설섬섭성세소손솔솜송수숙순술숭슬승식신실심쌍아안애양언에엘",
    "여연열엽영예오옥온올와완왕요용우욱운웅원월위유윤율은응의이익인일임자잔장재정제조종주준중지직진찬창채천철초춘",
    "충치칠탁태택평표필하학한해행향허헌혁현협형혜호홍화환황효후훈휘흠흥희",
)
"""Syllables that given names are made of."""

LAST_NOT_GIVEN: frozenset[str] = frozenset("시도군구역점실소관과팀층권률력론법적면들며고는을를에와란")
"""Syllables with which words end and given names do not: a town, a district, an office, a particle."""

NOT_NAMES = frozenset(
    word
    for row in (
        "강남역 강서구 강원 강원도 개발자 경기 경기도 경기장 경마장 경상도 경영학 경제학 경주 경찰서",
        "고객 고등학 고려대 고양 고양시 고양이 고졸 공무원 공사 공유기 과장 관리자 광주 교사 교수",
        "구리 구매자 구미 구성원 국회의 금강산 기독교 기사 기술원 기술자 기타 기혼 김천 김포 김해",
        "남성 남양주 남원 남자 노가다 노동자 노원구 담당자 대구 대기 대리 대상자 대전 대졸 대학원",
        "도서 도서관 디자인 마케팅 무교 문방구 문의 문자 미혼 반바지 반품 방사선 방송사 배송 배심원",
        "변호사 보호자 부산 부산역 부장 불교 사각형 사다리 사무관 사무실 사용 사용자 사원 서강대",
        "서비스 서울 서울시 서울역 선언문 설명서 성남 소고기 소나기 소나무 소방서 소비자 소설가",
        "소재지 손수건 신규 신림동 신세계 신용 신청 신청자 안내 안산 안성 안양 안전 양산 양아치",
        "양주 여성 여수 여의도 여자 여주 여행 연구소 연구원 연구자 연설문 연세대 연수원 연주자 예약",
        "예정일 예정자 오산 완료 왕세자 우수 우체국 울산 원주 위원회 위해서 유교 유리창 유인원",
        "유치원 은행 의사 이사 이사장 이사회 이상 이슬람 이용자 이천 이태원 이혼 인사동 인사말 인천",
        "인천시 일반 전도사 전라 전라도 전문가 전사자 전용기 전주 전화 정규직 정보 정부청 정상 정지",
        "정치학 제자리 제조사 제주 제주도 조각가 조직원 주문 주부 주소 주유소 주의 주인공 주지사",
        "중졸 지름길 지원 지원서 지원자 지중해 지지대 진주 진행 차장 채권자 천주교 초등학 최우선",
        "추천서 판매자 하남 하소연 하와이 한국사 한국인 허가서 현금 현대사 회사원",
    )
    for word in row.split()
)
"""Frequent words that only look like names."""
