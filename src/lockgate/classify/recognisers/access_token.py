"""Tokens that open an account or a service.

Source: GitHub (ghp_, gho_, ghs_, github_pat_), GitLab (glpat-), Slack (xoxb-, xoxp-), Stripe (sk_live_), OpenAI
(sk-), npm (npm_), PyPI (pypi-), SendGrid (SG.), Telegram bots, as the documentation of each shows them; RFC 6750
(Bearer).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FORM = (
    "(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{22,}|glpat-[0-9A-Za-z_-]{20,}|xox[abeprs]-[0-9A-Za-z-]{10,}"
    "|[rs]k_(?:live|test)_[0-9A-Za-z]{16,}|sk-[0-9A-Za-z_-]{20,}|npm_[0-9A-Za-z]{36}|pypi-[0-9A-Za-z_-]{40,}"
    "|SG\\.[0-9A-Za-z_-]{16,}\\.[0-9A-Za-z_-]{16,}|[0-9]{8,10}:AA[0-9A-Za-z_-]{33})"
)


RECOGNISER = Recogniser(
    type="access-token",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "token, access token, refresh token, auth token, bearer token, api token, id token, session token",
        "csrf token, secret, otp secret",
        "令牌, 访问令牌, 토큰, 인증토큰",
    ),
    not_headers=frozenset(phrases("count, type, expiry, expires, limit, price")),
    form=rf"^(?:{_FORM}|[0-9A-Za-z_.=+/-]{{16,}})$",
    strong=rf"^{_FORM}$",
    chance=0.1,
    strong_chance=0.0005,
    weight=2.0,
    strong_weight=9.0,
    text=rf"(?<![0-9A-Za-z_-]){_FORM}(?![0-9A-Za-z_-])",
)
