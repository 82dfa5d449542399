"""Passwords, their hashes, answers to security questions, personal identification numbers.

Source: crypt(5) ($2b$, $6$, $argon2), RFC 2307 ({SSHA}); a password itself has no form, so the header leads.
"""

from lockgate.classify.recogniser import NUMERIC, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="password",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "password, passphrase, password hash, hashed password, encrypted password, user password, login password",
        "pin, pin code, security answer, secret answer, security question, salt, mm, dlmm, kl, password cnsr",
        "password hint",
        "密码, 口令, 登录密码, 支付密码, 交易密码, 取款密码, 密码提示答案, 密保答案, 비밀번호, 패스워드, 암호",
        "비밀번호답변, パスワード, 暗証番号",
    ),
    not_headers=frozenset(
        phrases(
            "reset, strength, policy, attempt, changed, expired, expiry, date, postal, area, city, question, 强度, 类型"
        )
    ),
    form=r"^[^ ]{3,128}$",
    strong=(
        r"^(?:\$(?:2[abxy]|5|6|argon2id?|scrypt|pbkdf2[-a-z0-9]*)\$[^ ]{20,}|\{S?SHA(?:256|512)?\}[0-9A-Z"
        r"a-z+/=]{20,}|pbkdf2_sha256\$[^ ]{20,})$"
    ),
    chance=0.6,
    strong_chance=0.0005,
    weight=1.0,
    strong_weight=9.0,
    kinds=NUMERIC,
)
