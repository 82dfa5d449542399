"""Closed lists of the flow file that need no behaviour: purposes, grounds, means, roles and the rest."""

from collections.abc import Mapping
from types import MappingProxyType

_DPV = "https://w3id.org/dpv#"

PURPOSES: Mapping[str, str] = MappingProxyType(
    {
        "service-provision": f"{_DPV}ServiceProvision",
        "contract-with-data-subject": f"{_DPV}FulfilmentOfContractualObligation",
        "employee-management": f"{_DPV}PersonnelManagement",
        "recruitment": f"{_DPV}PersonnelHiring",
        "marketing": f"{_DPV}Marketing",
        "targeted-advertising": f"{_DPV}TargetedAdvertising",
        "analytics": f"{_DPV}ServiceUsageAnalytics",
        "research": f"{_DPV}ResearchAndDevelopment",
        "statistics": f"{_DPV}ProvideOfficialStatistics",
        "train-ai": f"{_DPV}ResearchAndDevelopment",
        "product-safety": f"{_DPV}EnforceSecurity",
        "product-development": f"{_DPV}OptimisationForController",
        "fraud-prevention": f"{_DPV}FraudPreventionAndDetection",
        "credit-assessment": f"{_DPV}CreditChecking",
        "automated-decision": f"{_DPV}ServiceProvision",
        "legal-compliance": f"{_DPV}LegalCompliance",
        "criminal-investigation": f"{_DPV}LegalCompliance",
        "judicial-proceeding": f"{_DPV}LegalCompliance",
        "public-security": f"{_DPV}ProtectionOfPublicSecurity",
        "public-health": f"{_DPV}PublicBenefit",
        "emergency": f"{_DPV}PublicBenefit",
        "journalism": f"{_DPV}PublicBenefit",
        "sell": f"{_DPV}SellDataToThirdParties",
        "publish": f"{_DPV}PublicBenefit",
        "archive": f"{_DPV}RecordManagement",
        "access-control": f"{_DPV}EnforceAccessControl",
        "identify-persons": f"{_DPV}IdentityVerification",
        "social-scoring": f"{_DPV}Purpose",
        "track-opinion": f"{_DPV}Purpose",
        "control-speech": f"{_DPV}Purpose",
    }
)
"""Purposes of use by name, each with the nearest term of the W3C Data Privacy Vocabulary 2.3."""

OWN_USES = (
    "service-provision",
    "contract-with-data-subject",
    "employee-management",
    "recruitment",
    "marketing",
    "analytics",
    "research",
    "statistics",
    "product-safety",
    "product-development",
    "fraud-prevention",
    "legal-compliance",
    "archive",
    "access-control",
)
"""Purposes of the holder itself, which another may serve on its instructions; not those by which data change hands."""

GROUNDS = (
    "consent",
    "contract",
    "employment",
    "statutory-duty",
    "emergency",
    "public-interest-news",
    "disclosed-by-person",
    "legitimate-interests",
    "vital-interests",
    "public-task",
    "law",
)

SPECIAL_GROUNDS = (
    "none",
    "explicit-consent",
    "employment-law",
    "vital-interests",
    "member-association",
    "manifestly-made-public",
    "legal-claims",
    "substantial-public-interest",
    "health-care",
    "public-health",
    "research-statistics",
)

RECIPIENT_KINDS = (
    "independent-controller",
    "joint-controller",
    "entrusted-party",
    "same-controller",
    "authority",
    "public",
    "data-subject",
)

MEANS = (
    "copy",
    "view",
    "query",
    "joint-computation",
    "federated-training",
    "publication",
    "collection",
    "entrust",
)

PARTY_ROLES = (
    "critical-infrastructure-operator",
    "state-organ",
    "authorised-public-body",
    "lender",
    "credit-agency",
    "licensed-credit-agency",
    "car-data-handler",
    "large-platform",
    "app-operator",
    "data-exchange",
    "free-trade-zone",
    "network-operator",
    "court",
    "police",
    "foreign-authority",
    "designated-combination-institution",
    "certified-dpf",
    "covered-person",
    "affiliate",
)

APP_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "map": "map",
        "map-navigation": "map",
        "navigation": "map",
        "ride-hailing": "ride-hailing",
        "instant-messaging": "instant-messaging",
        "messaging": "instant-messaging",
        "online-community": "online-community",
        "community": "online-community",
        "online-payment": "online-payment",
        "payment": "online-payment",
        "shopping": "shopping",
        "online-shopping": "shopping",
        "food-delivery": "food-delivery",
        "courier": "courier",
        "parcel": "courier",
        "parcel-courier": "courier",
        "transport-ticketing": "transport-ticketing",
        "ticketing": "transport-ticketing",
        "dating": "dating",
        "matchmaking": "dating",
        "dating-matchmaking": "dating",
        "job": "job",
        "job-seeking": "job",
        "recruitment": "job",
        "online-lending": "online-lending",
        "lending": "online-lending",
        "housing": "housing",
        "housing-rent-sale": "housing",
        "real-estate": "housing",
        "used-cars": "used-cars",
        "used-car": "used-cars",
        "medical": "medical",
        "medical-booking": "medical",
        "medical-consultation": "medical",
        "medical-booking-consultation": "medical",
        "travel": "travel",
        "travel-services": "travel",
        "hotel": "hotel",
        "games": "games",
        "game": "games",
        "online-games": "games",
        "education": "education",
        "local-life": "local-life",
        "local-life-services": "local-life",
        "womens-health": "womens-health",
        "women-health": "womens-health",
        "vehicle-use": "vehicle-use",
        "car-rental": "vehicle-use",
        "bike-sharing": "vehicle-use",
        "investment": "investment",
        "mobile-banking": "mobile-banking",
        "banking": "mobile-banking",
        "mail-cloud-drive": "mail-cloud-drive",
        "mail": "mail-cloud-drive",
        "cloud-drive": "mail-cloud-drive",
        "remote-meeting": "remote-meeting",
        "meeting": "remote-meeting",
        "live-streaming": "live-streaming",
        "video-music": "video-music",
        "online-video-music": "video-music",
        "online-video": "video-music",
        "music": "video-music",
        "short-video": "short-video",
        "news": "news",
        "sports-fitness": "sports-fitness",
        "sports": "sports-fitness",
        "fitness": "sports-fitness",
        "browser": "browser",
        "input-method": "input-method",
        "security-management": "security-management",
        "security": "security-management",
        "e-books": "e-books",
        "e-book": "e-books",
        "photo-beauty": "photo-beauty",
        "photo": "photo-beauty",
        "beauty": "photo-beauty",
        "app-store": "app-store",
        "utility-tools": "utility-tools",
        "utility": "utility-tools",
        "tools": "utility-tools",
        "performance-ticketing": "performance-ticketing",
        "other": "other",
    }
)
"""Types of app by the words that are understood, each with its name; `other` is a type on no list.

Source: the 39 types of China's rules on necessary personal information of apps (2021), article 5, in their order.
"""

PROVENANCES = ("collected", "received", "purchased", "public", "generated", "derived")

TRANSACTIONS = ("brokerage", "vendor", "employment", "investment", "none")

INSTRUMENTS_OF_AUTHORITY = (
    "court-order",
    "administrative-order",
    "preservation",
    "emergency",
    "treaty-request",
    "inspection",
    "informal",
)

COUNTRIES = frozenset(  # a table of codes reads better in rows than one a line
    (
        "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY "
        "BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK "
        "FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR "
        "IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK "
        "ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM "
        "PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF "
        "TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
    ).split()
)
"""ISO 3166-1 alpha-2 codes. Source: ISO 3166 Maintenance Agency, officially assigned codes."""

PLACES = COUNTRIES | {"EU"}
"""What a flow file may name as a place: a country, or the European Union as a whole."""
