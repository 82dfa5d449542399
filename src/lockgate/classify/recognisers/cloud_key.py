"""Access keys of cloud services.

Source: AWS, IAM identifiers (AKIA, ASIA and sixteen signs); Google Cloud, API keys (AIza and 35 signs); Alibaba Cloud
(LTAI), Tencent Cloud (AKID and 32 signs), DigitalOcean (dop_v1_), as the documentation of each shows them.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_FORM = (
    "(?:(?:AKIA|ASIA|AROA|AIDA)[0-9A-Z]{16}|AIza[0-9A-Za-z_-]{35}|LTAI[0-9A-Za-z]{12,26}|AKID[0-9A-Za-z]{32}"
    "|dop_v1_[0-9a-f]{64})"
)


RECOGNISER = Recogniser(
    type="cloud-key",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "access key, access key id, accesskey, secret key, secret access key, secretkey, aws key, aws access key",
        "aws secret, api key, apikey, api secret, app secret, appsecret, client secret",
        "访问密钥, 密钥, 액세스키, 인증키",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.0005,
    strong_chance=0.0005,
    strong_weight=9.0,
    text=rf"(?<![0-9A-Za-z_-]){_FORM}(?![0-9A-Za-z_-])",
)
