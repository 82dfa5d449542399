"""Places wider than an address: city, province, district.

Source: ISO 3166-1 and 3166-2 for what such columns hold; the header leads.
"""

from lockgate.classify.recogniser import TEXTUAL, Recogniser, phrases
from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole

RECOGNISER = Recogniser(
    type="region",
    category=Category.POSTAL_ADDRESS,
    role=ColumnRole.QUASI_IDENTIFIER,
    headers=phrases(
        "natn, country code, 국가코드, nation code",
        "~city, ~province, ~state, ~region, ~county, ~district, neighborhood, neighbourhood, suburb, borough",
        "locality, municipality, prefecture, county name, ~area, ~town, ~country, home town, hometown",
        "place of residence, sf, cs",
        "都道府県, 市区町村, 城市, 省份, 省, 市, 区县, 所在地, 地区, 国家, 居住地, 지역, 도시, 시도, 시군구, 국가",
    ),
    not_headers=frozenset({"machine", "order", "task", "session", "status"}),
    form=r"^[\p{L}][\p{L}\p{M} .,'’()&-]*$",
    chance=0.5,
    kinds=TEXTUAL,
    contextual=True,
)
