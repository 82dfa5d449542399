"""Advertising identifiers of telephones: IDFA, GAID, OAID, and identifiers of the vendor.

Source: Apple, ASIdentifierManager; Google, Advertising ID; Mobile Security Alliance, OAID (T/TAF 078): all of the
form of RFC 9562, OAID also of sixteen or more hexadecimal digits. The form says no more than `uuid`, so the header
leads.
"""

from lockgate.classify.cells import Kind
from lockgate.classify.recogniser import Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="advertising-id",
    category=Category.DEVICE_IDENTIFIER,
    role=ColumnRole.DIRECT_IDENTIFIER,
    headers=phrases(
        "idfa, gaid, aaid, oaid, adid, idfv, vaid, advertising id, ad id, google advertising id, advertiser id",
        "maid, android id, androidid",
        "广告id, 广告标识, 광고id, 광고식별자",
    ),
    form=r"^(?:[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{16}|[0-9A-Fa-f]{64})$",
    chance=0.02,
    weight=3.9,
    kinds=frozenset({Kind.TEXT, Kind.INTEGER, Kind.OTHER}),
)
