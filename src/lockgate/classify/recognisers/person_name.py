"""Names of persons: Chinese, Korean, and in Latin letters, by surnames, given names and titles.

Source: our own dictionaries (`lockgate.classify.dictionaries`); name order and titles by common usage. A dictionary
proves little of one cell, so it is the share of a column's cells that counts, and a rare name disproves nothing.
"""

import re
import unicodedata

from lockgate.classify.dictionaries import chinese, english, japanese, korean
from lockgate.classify.dictionaries.headers import PERSON_NOUNS, THINGS
from lockgate.classify.dictionaries.surnames import EAST_ASIAN, SURNAMES
from lockgate.classify.dictionaries.words import WORDS
from lockgate.classify.recogniser import ColumnStatistics, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LATIN = r"[\p{Latin}][\p{Latin}'’.-]*"
_TITLED = (
    r"[\p{Latin}][\p{Latin}'’ -]*, ?(?i:mr|mrs|miss|ms|master|dr|prof|rev|sir|lady|capt|col|major|don|dona|mme|mlle"
    r"|jonkheer|the countess)\b\.?.*|(?i:mr|mrs|miss|ms|dr|prof|rep|sen|hon|judge|justice|rev|sir|lord|lady|baroness"
    r"|viscount|herr|frau|sra?|mme|mlle|se[nñ]ora?)\.? [\p{Latin}].*"
    r"|(?:[A-Z]\.[ -]?){1,3}[\p{Latin}]{2,}(?:[ '’-][\p{Latin}]{2,}){0,2}|[\p{Latin}'’-]{2,}, (?:[A-Z]\.[ -]?){1,3}"
    r"|\p{Han}{1,8}[·•・]\p{Han}{1,8}"
)
_ZH_SURNAME = f"(?:{'|'.join(sorted(chinese.COMPOUND_SURNAMES))}|[{''.join(sorted(chinese.SURNAMES))}])"
_KO_SURNAME = f"[{''.join(sorted(korean.SURNAMES))}]"
_CUED = (
    rf"(?:姓名|联系人|收件人|收货人|客户|申请人|户主|患者|用户|我是|我叫|持卡人|家属|实名|本人)"
    rf"(?:是|为|叫)?[::， ]{{0,2}}({_ZH_SURNAME}[\u4e00-\u9fff]{{1,2}})"
    rf"|(?<![\u4e00-\u9fff])({_ZH_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=先生|女士|小姐|老师|医生|经理|同学)"
    rf"|(?:고객|이름|성명|담당자|수령인|예금주|환자|회원|보호자)(?:은|는|명)?[: ]{{0,2}}({_KO_SURNAME}[가-힣]{{2}})"
    rf"|(?<![가-힣])({_KO_SURNAME}[가-힣]{{2}})(?= ?(?:님|씨|고객님|선생님|과장님|대리님))"
    r"|\b(?:Mr|Mrs|Ms|Miss|Dr|Prof)\.? ([A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+){0,2})"
    r"|\b(?:[Nn]ame is|[Cc]ontact|[Cc]ustomer|[Cc]lient|[Pp]atient|[Aa]ttn:?"
    r"|[Dd]ear|[Aa]sk for|[Cc]all) ([A-Z][a-z'’-]+ [A-Z][a-z'’-]+)"
)
"""Names inside text, only where a word beside them says that they are; a name without such a word is not found."""

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_INITIALS = re.compile(r"(?:[A-Z]\.[ -]?){1,3}[A-Z][a-z].*|[A-Z][^, ]+, (?:[A-Z]\.[ -]?){1,3}")
_APART = re.compile(r"[\u3041-\u30ff]{1,8}[ ・][\u3041-\u30ff]{1,8}|[\u3400-\u9fff]{1,8}[·•・][\u3400-\u9fff]{2,8}")
"""Names in Kana, and names of other languages in Han, whose parts stand apart."""
_SLAVIC = (
    *("ович", "евич", "ич", "овна", "евна", "ична", "ов", "ев", "ёв", "ин", "ова", "ева", "ёва", "ина", "ский", "ская"),
    *("цкий", "цкая", "енко", "чук"),
)
"""Ends of patronymics and surnames in Cyrillic letters."""
_LONGEST_GIVEN = 4
_NAME_LENGTH, _MOST_WORDS = 60, 5
_PARTICLES = frozenset({"van", "la", "los", "an", "san", "santa", "st"})


def _is_chinese(value: str) -> bool:
    """Whether characters are a name: a surname, then one or two that given names have and words have not.

    A given name of two may hold one unknown character behind any surname, two behind a frequent one; parents pick
    from thousands of characters, so that no list has all.
    """
    head = 2 if value[:2] in chinese.COMPOUND_SURNAMES else 1
    if (head == 1 and value[0] not in chinese.SURNAMES) or value in chinese.NOT_NAMES:
        return False
    given = value[head:]
    if not 1 <= len(given) <= 2 or any(sign in chinese.NOT_GIVEN for sign in given):  # noqa: PLR2004 - one or two
        return False
    unknown = sum(sign not in chinese.GIVEN for sign in given)
    return unknown <= len(given) - 1 or (head == 2 or value[0] in chinese.FREQUENT)  # noqa: PLR2004 - a compound


def _is_japanese(value: str) -> bool:
    head = next((size for size in (3, 2) if value[:size] in japanese.SURNAMES), 0)
    given = value[head:]
    return bool(head) and 1 <= len(given) <= _LONGEST_GIVEN and given[-1] not in japanese.LAST_NOT_GIVEN


def _is_korean(value: str) -> bool:
    head = 2 if value[:2] in korean.COMPOUND_SURNAMES else 1
    if head == 1 and value[0] not in korean.SURNAMES:
        return False
    given = value[head:]
    if not 3 - head <= len(given) <= 2 or value in korean.NOT_NAMES or given[-1] in korean.LAST_NOT_GIVEN:  # noqa: PLR2004 - almost every given name has two
        return False
    return all(sign in korean.GIVEN for sign in given)


def _is_latin(value: str) -> bool:
    """Whether words are a name: a known given name first, or a known surname last behind an initial or another name."""
    head, comma, tail = _plain(value).partition(",")
    written = _WORD.findall(f"{tail} {head}" if comma else head)
    words = [word for word in written if len(word) > 1 and word not in english.TITLES]
    if words and _INITIALS.fullmatch(value):
        return words[-1] not in WORDS or words[-1] in SURNAMES
    if not 1 <= len(words) <= _MOST_WORDS or "&" in value:
        return False
    if len(words) <= 1:  # one word, perhaps with a title or an initial
        return words[0] in english.GIVEN or (words[0] in SURNAMES and words[0] not in WORDS)
    if (
        words[0] in WORDS
        or any(word in WORDS - _PARTICLES for word in words[1:-1])
        or (words[-1] in WORDS and words[-1] not in SURNAMES)
    ):
        return False
    is_given = any(part in english.GIVEN for part in words[0].split("-"))
    return (
        is_given
        or words[-1] in SURNAMES
        or words[0] in EAST_ASIAN
        or (words[0] in SURNAMES and words[-1] in english.GIVEN)
    )


def _plain(value: str) -> str:
    """Return Latin text in lower case without accents and without what stands in brackets."""
    folded = unicodedata.normalize("NFKD", value.partition("(")[0].lower())
    return "".join(sign for sign in folded if not unicodedata.combining(sign)).replace("’", "'").replace(".", " ")


def _holds(value: str) -> bool:
    if len(value) > _NAME_LENGTH * 2:
        return False
    compact = re.sub(r"[\s·]", "", value)
    if "\u3041" <= compact[0] <= "\u9fff":
        return bool(_APART.fullmatch(value)) or _is_chinese(compact) or _is_japanese(compact)
    if "\u0400" <= compact[0] <= "\u04ff":
        return any(word.endswith(_SLAVIC) for word in value.lower().split())
    if "\uac00" <= compact[0] <= "\ud7a3":
        return _is_korean(compact)
    return _is_latin(value)


def _plausible(column: ColumnStatistics) -> float:
    """Return log odds: a few values again and again are names of something else."""
    few = column.cells >= 50 and (column.distinct < 10 or column.distinct_ratio < 0.01)  # noqa: PLR2004 - of a kind
    return -7.0 if few else 0.0


RECOGNISER = Recogniser(
    type="person-name",
    category=Category.NAME,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=tuple(f"~{noun}" for noun in sorted(PERSON_NOUNS))
    + phrases(
        "~kontakt, ~contato, ~contatto, 社員名, 従業員名, 職員名, 会員名, 生徒名, 保護者名, 申請者名, 利用者氏名",
        "charger nm, 客户名称, cxfc, ~depositor name, depositor nm, registrant name, ~registrant, link man, linkman",
        "~representative name",
        "фио, имя, фамилия, отчество, 氏名漢字, 氏名カナ, 患者氏名, 担当者名, 利用者名",
        "お客様名, 執筆者, 受取人, 差出人",
        "~rider, ~assigned to, ~reported by, ~created by, ~approved by, ~prepared by, ~pi, ~chair, ~leader",
        "ansprechpartner, bearbeiter, titulaire, titular, responsable, responsavel, propietario, nome completo",
        "nombre completo, nombres, primer apellido, segundo apellido, nom de famille, nom complet, rufname",
        "~name, full name, fullname, legal name, preferred name, nick name, other name, father name, mother name",
        "spouse name, guardian name, teacher name, player name, actor name, artist name, director name, signatory",
        "payee name, beneficiary name, account holder, account name, card holder, cardholder name, doctor name",
        "physician, manager name, salesperson, sales rep, driver name, witness, attorney, author, authors, artist",
        "actor, director, player, composer, winner, candidate, ceo, founder, coach, senator, president, vorname",
        "nachname, familienname, prenom, ~nom, nombre, apellido, apellidos, nome, cognome, sobrenome, voornaam",
        "achternaam, first, last, first name, last name, given name, family name, surname, middle name",
        "customer name, user name, employee name, patient name, student name, contact name, contact person",
        "consignee, recipient name, sender name, person name, real name, maiden name, passenger name, member name",
        "client name, holder name, firstname, lastname, ~nm, ~contact, user nm, usernm, mbernm, emplyrnm, custnm",
        "cstmrnm, applcntnm, rqesternm, rprsntvnm, ceonm, chargernm, wrternm, regnm, xm, xingming, khxm, yhxm",
        "brxm, hzxm, xsxm, jsxm, lxr, lxrxm, fddbr, fzr, cym, zsxm, shr, sjr",
        "姓名, 名字, 真实姓名, 联系人, 收件人, 收货人, 姓, 名, 中文名, 英文名, 曾用名, 用户姓名, 员工姓名",
        "患者姓名, 学生姓名, 申请人, 法人, 法定代表人, 法人代表, 负责人, 经办人, 申请人姓名, 投保人, 被保险人",
        "受益人, 借款人, 监护人, 紧急联系人, 配偶姓名, 家长姓名, 教师姓名, 医生姓名, 作者, 演员, 导演, 创建人",
        "审核人, 签收人, 户主姓名, 业主, 业主姓名, 顾客姓名, 收款人, 付款人, 购买人, 寄件人, 客户姓名, 持卡人",
        "户主, 이름, 성명, 고객명, 성함, 수취인, 예금주, 회원명, 담당자, 담당자명, 수령인, 사용자이름, 사원명",
        "직원명, 환자명, 환자이름, 학생명, 학생이름, 대표자, 대표자명, 대표이사, 보호자명, 신청인, 신청자",
        "신청자명, 신청인명, 작성자, 작성자명, 예약자명, 주문자명, 받는사람, 보내는사람, 한글이름, 영문이름, 성",
        "작가, 배우, 감독, 등록자, 수정자, 氏名, 名前, お名前, フリガナ, ふりがな, 担当者, 契約者名, 顧客名",
        "ユーザー名, 代表者",
    ),
    not_headers=frozenset(
        THINGS
        | {
            "product",
            "file",
            "company",
            "column",
            "table",
            "event",
            "city",
            "country",
            "brand",
            "item",
            "shop",
            "store",
        }
        | {"school", "hospital", "department", "dept", "project", "model", "host", "domain", "course", "street", "road"}
        | {"class", "group", "category", "bank", "state", "province", "region", "site", "page", "app", "field", "org"}
        | {"organisation", "organization", "employer", "display", "team", "station", "drug", "species"}
        | {
            "商品",
            "产品",
            "公司",
            "企业",
            "文件",
            "菜单",
            "角色",
            "部门",
            "城市",
            "品牌",
            "项目",
            "课程",
            "学校",
            "医院",
        }
        | {
            "银行",
            "支店",
            "店名",
            "상품",
            "제품",
            "회사",
            "파일",
            "메뉴",
            "부서",
            "도시",
            "브랜드",
            "지점",
            "학교",
            "병원",
        }
    ),
    form=rf"^(?:\p{{Han}}{{1,5}}(?: \p{{Han}}{{1,8}})?|\p{{Han}}{{1,8}}[·•・]\p{{Han}}{{1,8}}"
    rf"|[\x{{3041}}-\x{{30ff}}]{{1,8}}[ ・][\x{{3041}}-\x{{30ff}}]{{1,8}}|\p{{Hangul}}{{2,5}}"
    rf"|\p{{Hangul}} \p{{Hangul}}{{2}}"
    rf"|\p{{Han}}{{2,3}} ?[\x{{3041}}-\x{{309f}}]{{2,4}}"
    rf"|\p{{Cyrillic}}[\p{{Cyrillic}}-]+(?: [\p{{Cyrillic}}.-]+){{1,3}}"
    rf"|{_LATIN}(?:,? {_LATIN}){{0,4}}(?: \(.*\))?|{_TITLED})$",
    strong=rf"^(?:{_TITLED})$",
    chance=0.4,
    strong_chance=0.002,
    weight=2.0,
    strong_weight=7.0,
    check=_holds,
    check_chance=0.2,
    check_weight=6.5,
    check_veto=-3.0,
    text=_CUED,
    plausible=_plausible,
)
