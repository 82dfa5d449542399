"""Names of hosts and domains.

Source: RFC 1035, section 2.3.1 (labels of letters, digits and hyphens); top-level domains in common use (IANA root
zone).
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

TOP = (
    "com|org|net|edu|gov|mil|int|info|biz|name|io|ai|app|dev|me|tv|cc|xyz|top|site|online|shop|club|eu|cn|hk|tw|mo|jp"
    "|kr|us|uk|de|fr|es|it|nl|be|ch|at|se|no|fi|dk|pl|cz|pt|ie|gr|ru|ua|tr|in|sg|my|th|vn|ph|au|nz|ca|mx|br|ar|cl|za"
)
"""Top-level domains in common use."""

_FORM = rf"(?:[0-9A-Za-z](?:[0-9A-Za-z-]*[0-9A-Za-z])?\.)+(?:{TOP})"


RECOGNISER = Recogniser(
    type="domain-name",
    category=Category.NOT_PERSONAL,
    role=ColumnRole.ORDINARY,
    headers=phrases(
        "domain, domain name, hostname, host name, host, fqdn, server name, site",
        "域名, 主机名, 도메인",
    ),
    form=rf"^{_FORM}$",
    strong=rf"^{_FORM}$",
    chance=0.005,
    strong_chance=0.005,
    strong_weight=7.5,
    text=rf"(?<![0-9A-Za-z@._/-]){_FORM}(?![0-9A-Za-z@_-]|\.[0-9A-Za-z])",
)
