"""Connection strings that hold a password: of databases, brokers, storage.

Source: RFC 3986, section 3.2.1 (user information in the authority); libpq, JDBC, ADO.NET and Azure storage connection
strings.
"""

from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

_WHOLE = (
    r"^(?:jdbc:)?(?:[a-z][a-z0-9+.-]*://[^ :/@]*:[^ :/@]+@[^ ]+|(?i:[^ ]*(?:;|\?|&)(?:password|pwd)=[^;& ]"
    r"+.*|(?:.*[; ])?password=[^; ]+.*|.*accountkey=[0-9A-Za-z+/=]{20,}.*))$"
)


RECOGNISER = Recogniser(
    type="connection-string",
    category=Category.ACCOUNT_CREDENTIAL,
    role=ColumnRole.SENSITIVE,
    headers=phrases(
        "connection string, database url, db url, jdbc url, dsn, conn str, connection url",
        "连接串, 数据库连接, 접속문자열",
    ),
    form=_WHOLE,
    strong=_WHOLE,
    chance=0.001,
    strong_chance=0.001,
    strong_weight=9.0,
    text=(
        r"(?<![0-9A-Za-z])(?:postgres|postgresql|mysql|mongodb|redis|amqp|mssql|ftp|https?)(?:[+][a-z]+)?"
        r"://[^ :/@]*:[^ :/@]+@[^ ]+"
    ),
)
