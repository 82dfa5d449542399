"""Headers: how they are divided into words, and which type they name; schemas of four languages."""

import pytest

from lockgate.classify.catalogue import CATALOGUE
from lockgate.classify.header import FAINT, FULL, HINT, INNER, TAIL, header_score, is_denied, words_of

NOTHING = ""

HEADERS = {
    # Pinyin initials and full pinyin of Chinese tables.
    "xm": "person-name", "sfzh": "cn-resident-id", "sjh": "phone", "csrq": "date-of-birth", "xb": "gender",
    "mz": "ethnicity", "dz": "postal-address", "yhkh": "bank-card", "hyzk": "marital-status", "whcd": "education",
    "zzmm": "political-opinion", "cph": "vehicle-plate", "cjh": "vin", "nsrsbh": "cn-tax-number", "mm": "password",
    "tyshxydm": "cn-uscc", "shouji": "phone", "xingming": "person-name", "sbkh": "cn-social-security",
    # The same made from the Chinese phrases, alone and behind a word for whose it is.
    "jhrxm": "person-name", "fqxm": "person-name", "jtdz": "postal-address", "jtdh": "phone", "bgdh": "phone",
    "frsfzh": "cn-resident-id", "khsjh": "phone", "poxm": "person-name", "spmc": NOTHING, "ddbh": NOTHING,
    "cjsj": NOTHING, "gdp": NOTHING, "sqft": NOTHING,
    # Chinese, simplified and traditional.
    "客户姓名": "person-name", "收货地址": "postal-address", "紧急联系人电话": "phone", "登录密码": "password",
    "毕业院校": "education", "学号": "account-id",
    "手機號碼": "phone", "電子郵件": "email", "统一社会信用代码": "cn-uscc",
    "手机型号": NOTHING, "邮箱是否验证": NOTHING, "身份证有效期": NOTHING, "商品名称": NOTHING, "创建时间": NOTHING,
    "订单编号": NOTHING, "更新时间": NOTHING, "状态": NOTHING,
    # Korean, and the abbreviations of its public administration.
    "주민등록번호": "kr-resident-number", "고객명": "person-name", "휴대폰번호": "phone", "생년월일": "date-of-birth",
    "외국인등록번호": "kr-foreigner-number", "카카오톡아이디": "kakao-id", "노조가입여부": "union-membership",
    "MBTLNUM": "phone", "IHIDNUM": "kr-resident-number", "ADRES": "postal-address", "BRTHDY": "date-of-birth",
    "SEXDSTN": "gender", "TELNO": "phone", "EMAIL_ADRES": "email", "BIZRNO": "kr-business-number",
    "JURIRNO": "kr-corporate-number", "ACNUTNO": "bank-account", "MBER_NM": "person-name", "EMPLYR_ID": "account-id",
    "RPRSV_NM": "person-name", "APLCNT_NM": "person-name", "PSPT_NO": "passport", "BRDT": "date-of-birth",
    "FRGNR_NO": "kr-foreigner-number", "RLGN_NM": "religion", "ACTNO": "bank-account", "DSPSN_GRD": "specific-identity",
    "예금주명": "person-name", "직업명": "occupation", "질병명": "health",
    "휴대폰인증여부": NOTHING, "상품명": NOTHING, "등록일시": NOTHING, "사용여부": NOTHING,
    # Japanese.
    "氏名": "person-name", "電話番号": "phone", "住所": "postal-address", "メールアドレス": "email",
    "郵便番号": "postcode",
    # English and other European languages.
    "lastName": "person-name", "custPhoneNo": "phone", "emailaddress": "email", "homePhone": "phone",
    "dob": "date-of-birth",
    "Geburtsdatum": "date-of-birth", "prénom": "person-name", "Straße": "postal-address",
    "linkedin_url": "url-with-identifier",
    "access_token": "access-token", "cvv": "card-verification-code", "session_id": "cookie-id", "mrn": "account-id",
    "product_name": NOTHING, "file_name": NOTHING, "emailVerified": NOTHING, "phoneType": NOTHING,
    "card_type": NOTHING,
    "order_id": NOTHING, "page": NOTHING, "usage": NOTHING, "created_at": NOTHING, "email_count": NOTHING,
}  # fmt: skip


def type_of(header: str) -> str:
    scores = {item.type: header_score(header, item.headers, item.not_headers) for item in CATALOGUE.values()}
    best = max(scores, key=lambda type_: scores[type_])
    return best if scores[best] > FAINT else NOTHING


@pytest.mark.parametrize("header", HEADERS)
def test_a_header_of_a_real_table_names_its_type_or_none(header: str) -> None:
    assert type_of(header) == HEADERS[header]


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("customerPhoneNumbers", ("customer", "phone", "number")),
        ("CUST_TEL_NO", ("customer", "phone", "number")),
        ("firstname", ("first", "name")),
        ("HTTPUserAgent", ("http", "user", "agent")),
        ("téléphone", ("phone",)),
        ("adresses", ("address",)),
        ("status", ("status",)),
        ("客戶電話_01", ("客户电话", "01")),
    ],
)
def test_headers_are_divided_and_written_in_one_form(header: str, words: tuple[str, ...]) -> None:
    assert words_of(header) == words


def test_the_last_word_of_a_header_counts_most() -> None:
    phrases = ("email",)
    assert header_score("email", phrases) == FULL
    assert header_score("customer_email", phrases) == TAIL
    assert header_score("email_campaign_budget", ("email",)) < INNER
    assert header_score("email_signature", phrases) == INNER


def test_a_word_of_many_meanings_names_a_type_only_of_persons() -> None:
    phrases = ("~name",)
    assert header_score("name", phrases) == HINT
    assert header_score("applicant_name", phrases) == TAIL
    assert header_score("ship_name", phrases) == FAINT


def test_a_word_that_stands_for_something_else_denies_a_type() -> None:
    against = CATALOGUE["person-name"].not_headers
    assert is_denied("companyName", against)
    assert not is_denied("patient_name", against)


@pytest.mark.parametrize("header", ["", "_", "123", "%", "ид", "🙂"])
def test_a_header_without_known_words_names_nothing(header: str) -> None:
    assert type_of(header) == NOTHING
