"""Words of headers: shortened forms, words that add nothing, words that turn a header, words for persons."""

_SHORTENED = """
addr adr adress adres adresse=address; tel telephone telefon telefone telefono phoneno telno=phone;
no num nr nbr nmbr numb numero nummer noo=number; nm=name; cust kunde cliente=customer;
emp empl emplyr emplyee=employee; usr=user; acct acc acnt acnut=account; pwd passwd passwort psw pswd pass=password;
fname firstnm=first name; lname lastnm=last name; mname=middle name; pnum phnum phno=phone number;
mob mobil moblphon mbl=mobile; dept=department; org=organisation; organization=organisation; licence=license;
lic=license; cc=credit card; ssno=ssn; desc descr=description; msg=message; birthdate=birth date; birthday=birth day;
zip=zip; postal=postal; pat=patient; stu=student; mbr mber=member; tx txn=transaction; prod=product; qty=quantity;
ctry cntry=country; prov=province; veh=vehicle; reg=registration; ident=identity; natl=national; lat=latitude;
lng lon long=longitude; univ=university; mgr=manager; addrs=address; emladdr eml=email; mailaddr=mail address;
uname=user name; cmpny=company; orgnzt=organisation; applcnt rqester=applicant; cstmr=customer;
rprsntv=representative; wrter=writer; loc=location; cd=code;
rprsv=representative; aplcnt=applicant; patnt ptnt=patient; dpstr=depositor; natn=country; psprt pspt pasport=passport;
frgnr=foreigner; vhcl vhr=vehicle; drvr=driver; lcns lcnse=license; rlgn=religion; mrg mrrg=marriage; acbg=education;
schl=school; diss=disease; dspsn dsblty=disability; rcvr rcipnt=recipient; rgtr=registrant; ocpn ocpt=occupation;
jbgd=position; ntnlty nlty=nationality; orgnzt ognz=organisation; hght=height; wght=weight; gardn guardn=guardian;
brthdy=birth day; brth=birth; crtr=creator; mdfr=editor; pstcd=postcode;
psitn pstn=position; incm=income pic=picture; img=image
"""

SHORTENED: dict[str, tuple[str, ...]] = {
    word: tuple(full.split())
    for entry in _SHORTENED.replace("\n", " ").split(";")
    for words, _, full in [entry.partition("=")]
    for word in words.split()
}
"""Shortened and foreign words with what they stand for; both headers and phrases are written out so."""


def _words(*rows: str) -> frozenset[str]:
    return frozenset(word for row in rows for word in row.split())


VOCABULARY = _words(
    "account address age area bank billing birth blood born business card cell city client code company contact",
    "country county credit customer date day deaths debit department detail device district doctor driver email",
    "emergency employee employer expiry family fax file first full gender given guest hash holder home host house",
    "id identity image income insurance ip job key landline last license line login mail maiden marital medical",
    "member middle mobile model mother father name national nick number office order owner parent passport",
    "password patient payment person personal phone photo place plate policy post postal product project province",
    "raw real recipient region registration resident salary school sender serial sex shipping social spouse staff",
    "state status street student tax team title token town type url user value vehicle verified wallet web work",
    "year zip depositor foreigner disease disability registrant nationality religion marriage occupation",
)
"""Words into which a word written together is divided: `custphonenumber`."""

NEUTRAL = _words(
    "class group band range level code value number info col column field raw text str string orig original data",
    "detail txt var val new old current primary main alt alternate secondary 1 2",
)
"""Words that may stand behind the word that counts without changing what the column is about."""

TURNS = _words(
    "verified verify flag is has count cnt type hash md5 sha sha256 sent opt optin valid validated confirmed",
    "enabled domain template length len total avg mean average rate missing score format status subscribed",
    "allowed exist changed updated created version per pct percent percentage ratio share median min max sum std",
    "index rank ranking color colour size weight height width model brand price cost fee method mode provider",
    "vendor label prefix suffix expiry expire expired expiration issued issue click open bounce campaign need",
    "required can usage use distance limit capacity population year month time timestamp datetime at source",
    "channel reason result",
)
"""Words that turn a header into one about something else: `email_verified` is no e-mail address."""

GENERAL = _words(
    "id card account license bank tax user customer name policy registration serial routing case patient student",
    "member client employee passenger guest contact emp tag",
)
"""Words that name a type only together with those behind them: `id number` is not any `id`."""

NEUTRAL_CJK = tuple(
    word for row in ("号码 号 番号 编号 代码 编码 信息 번호 정보 코드 값 1 2 全称 内容 명칭",) for word in row.split()
)
"""Ends of Chinese, Japanese and Korean headers that add nothing."""

TURNS_CJK = tuple(
    word
    for row in (
        "型号 品牌 厂商",
        "是否 类型 类别 种类 数量 状态 次数 时间 标志 标识位 有效期 到期 期限 发证 签发 颁发 比例 率 总数",
        "个数 图片 附件 说明 日期 金额 版本 长度 校验 验证码 여부 유형 건수 상태 횟수 시간 일시 일자 구분",
        "종류 만료 비율 수량 금액 파일 발급 인증",
    )
    for word in row.split()
)
"""The same for headers in Chinese, Japanese and Korean."""

PERSON_NOUNS = _words(
    "customer client user member patient employee student pupil teacher staff person people passenger applicant",
    "candidate guest owner holder buyer seller borrower subscriber recipient sender receiver author player driver",
    "doctor physician nurse manager director actor child father mother parent spouse guardian consignee",
    "beneficiary insured policyholder tenant resident citizen voter donor visitor respondent participant attendee",
    "representative agent worker officer lead husband wife kin signatory payee payer lawyer reporter writer",
    "reviewer referrer instructor tutor actress artist singer athlete coach head trustee inspector victim",
    "defendant plaintiff sponsor supervisor principal investigator researcher chef composer musician poet painter",
    "scientist engineer architect designer photographer journalist editor skater swimmer golfer jockey boxer",
    "wrestler runner cyclist batsman bowler pitcher striker goalkeeper medalist champion astronaut pilot captain",
    "soldier veteran prisoner inmate suspect witness judge attorney counsellor counselor therapist dentist",
    "surgeon librarian mayor governor senator minister king queen monarch president chairman chairwoman",
    "chairperson secretary treasurer lender debtor creditor trainer trainee intern volunteer professor lecturer",
    "dean assignee requester requestor approver creator technician mechanic clerk cashier waiter landlord lessee",
    "lessor grantor grantee petitioner nominee laureate legislator lobbyist contestant competitor winner finalist",
)
"""Words for what a person is; a header that ends with one may hold names."""

PERSON_PREFIXES = tuple(
    word
    for row in (
        "客户 用户 会员 患者 病人 员工 职工 学生 教师 法人 申请人 联系人 紧急联系人 收货人 收件人 寄件人",
        "监护人 负责人 家长 父亲 母亲",
        "配偶 户主 业主 车主 司机 投保人 被保人 受益人 借款人 担保人 代理人 经办人 持卡人 本人 家庭 单位 公司",
    )
    for word in row.split()
)
"""Chinese words for whose it is; headers of pinyin initials begin with theirs (`jhrxm`, the name of a guardian)."""

PERSONS = PERSON_NOUNS | _words("contact emergency billing shipping mr contactperson individual personal my own")
"""Words for persons, which say whose name, number or address it is."""

PERSONS_CJK = tuple(
    word
    for row in (
        "客户 顾客 用户 会员 患者 病人 员工 职工 学生 教师 老师 人 者 法人 代表 司机 乘客 旅客 业主 户主 医生",
        "父亲 母亲 配偶 家长 家属 负责 申请 投保 被保险 借款 担保 收货 寄件 买家 卖家 고객 회원 사용자 이용자",
        "직원 사원 학생 환자 신청 담당 보호자 대표 작성 수령 예금주 자",
    )
    for word in row.split()
)
"""The same in Chinese, Japanese and Korean."""

_SIMPLER = (
    "電电話话機机號号證证郵邮職职業业學学歷历國国別别銀银護护駕驾駛驶齡龄員员單单戶户聯联繫系個个碼码車车"
    "發发統统編编稅税稱称務务區区縣县鄉乡鎮镇類类狀状態态訊讯資资產产帳账貸贷額额據据錄录時时間间備备註注"
    "記记經经緯纬維维碩硕團团體体醫医療疗藥药診诊斷断過过傳传眞真寫写實实際际關关連连絡络達达處处場场歲岁"
    "圖图書书館馆頭头紋纹識识視视頻频聲声語语種种黨党會会貫贯離离燈灯遺遗傷伤殘残罰罚獄狱審审訴诉質质評评"
    "價价債债擔担獎奖項项運运營营樣样檔档賬账戸户気气込入"
)
SIMPLER: dict[int, str] = {ord(old): new for old, new in zip(_SIMPLER[::2], _SIMPLER[1::2], strict=True)}
"""Traditional and Japanese forms of characters with the simplified ones, as far as headers need them."""

THINGS = _words(
    "movie film title song album track book novel magazine newspaper journal article paper band artwork painting",
    "statue ship boat vessel aircraft plane train storm hurricane cyclone typhoon horse dog cat breed animal bird",
    "fish plant tree flower fruit vegetable food dish wine beer drink recipe park garden beach mountain peak",
    "river lake island sea village town borough neighborhood neighbourhood suburb district county zone area",
    "location address venue stadium airport port bridge building tower house hotel restaurant cafe bar museum",
    "library theatre theater church temple university college academy clinic pharmacy medicine chemical mineral",
    "element gene protein disease symptom scientific common genus taxon variety cultivar strain award prize",
    "competition tournament league club game toy car vehicle make colour color material style theme topic subject",
    "keyword tag type kind status language currency unit measure metric indicator variable feature label",
    "parameter function method module package server device sensor machine tool equipment part component",
    "ingredient service plan program programme policy law act account month day season holiday festival ceremony",
    "crop constituency ward precinct poll pollster network channel show episode series sport asset fund stock",
    "index market sector industry supplier vendor manufacturer publisher",
)
"""Words for what has a name and is no person."""

NUMBERED = _words(
    "order invoice transaction tracking serial sku product item barcode upc ean isbn issn patent ticket docket parcel",
    "shipment batch lot bill receipt voucher coupon reference timestamp epoch price amount total quantity balance",
    "record code version hash checksum",
)
"""Words for things whose numbers may look like numbers of telephones."""

NUMBERED_CJK = tuple(
    word
    for row in ("订单 流水 交易 单号 快递 运单 编号 序号 条码 批次 金额 주문 송장 거래 일련 금액 注文 伝票",)
    for word in row.split()
)
"""The same in Chinese, Japanese and Korean."""

DATED = _words(
    "date dt day founded launch launched created built opened closed established start end published issued expiry",
    "time release released updated modified signed sent received shipped ordered paid",
    "due effective inspection timestamp",
)
"""Words for days of something else than a birth."""

DATED_CJK = tuple(
    word
    for row in (
        "日期 时间 成立 发布 上市 创建 更新 签订 开业",
        "일자 일시 날짜 설립 등록일 日付 日時",
    )
    for word in row.split()
)
"""The same in Chinese, Japanese and Korean."""
