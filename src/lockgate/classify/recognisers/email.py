"""E-mail addresses.

Source: RFC 5322 section 3.4.1 (addr-spec, dot-atom form), RFC 1035 section 2.3.1 (domain labels); local parts in
other scripts by RFC 6531. Quoted local parts and address literals are left out: people do not have them.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_LABEL = r"[A-Za-z0-9\p{Han}\p{Hangul}](?:[A-Za-z0-9\p{Han}\p{Hangul}-]*[A-Za-z0-9\p{Han}\p{Hangul}])?"
_FORM = (
    r"[\p{L}\p{N}_%+'-]+(?:\.[\p{L}\p{N}_%+'-]+)*@"
    rf"(?:{_LABEL}\.)+[A-Za-z\p{{Han}}\p{{Hangul}}][A-Za-z\p{{Han}}\p{{Hangul}}]+"
)

RECOGNISER = Recogniser(
    type="email",
    category=Category.CONTACT,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "~kontakt, ~contato, ~contacto, ~contatto",
        "~contact, email, e mail, mail, email id, email addr, contact email, emails, work email, personal email",
        "correo",
        "correo electronico, courriel, mail id, email address, mail address, emailaddress, emladdr, yx, dzyx",
        "emailadres, youxiang",
        "邮箱, 电子邮箱, 电子邮件, 邮箱地址, 邮件地址, 邮件, 이메일, 이메일주소, 메일, 전자우편, 전자우편주소",
        "メール, メールアドレス, eメール, 电邮",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.002,
    strong_chance=0.002,
    strong_weight=10.0,
    text=r"(?<![0-9A-Za-z._%+*-])[0-9A-Za-z_%+-]+(?:\.[0-9A-Za-z_%+-]+)*@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}(?![0-9A-Za-z])",
)
