"""The catalogue of recognisers: adding one is its file, its vectors and one line here."""

from collections.abc import Mapping
from types import MappingProxyType

from lockgate.classify.recogniser import Recogniser
from lockgate.classify.recognisers import (
    account_id,
    age,
    bank_account,
    bank_card,
    blood_type,
    cn_resident_id,
    coordinates,
    date_of_birth,
    device_id,
    education,
    email,
    ethnicity,
    free_text,
    gender,
    health,
    iban,
    income,
    ip,
    kr_resident_number,
    mac,
    marital_status,
    nationality,
    occupation,
    organisation,
    passport,
    person_name,
    phone,
    postal_address,
    postcode,
    region,
    religion,
    url,
    vehicle_plate,
    vital_status,
)
from lockgate.terms.column import ColumnRole

CATALOGUE: Mapping[str, Recogniser] = MappingProxyType(
    {
        "cn-resident-id": cn_resident_id.RECOGNISER,
        "kr-resident-number": kr_resident_number.RECOGNISER,
        "passport": passport.RECOGNISER,
        "bank-card": bank_card.RECOGNISER,
        "iban": iban.RECOGNISER,
        "bank-account": bank_account.RECOGNISER,
        "email": email.RECOGNISER,
        "phone": phone.RECOGNISER,
        "ip": ip.RECOGNISER,
        "mac": mac.RECOGNISER,
        "device-id": device_id.RECOGNISER,
        "vehicle-plate": vehicle_plate.RECOGNISER,
        "person-name": person_name.RECOGNISER,
        "account-id": account_id.RECOGNISER,
        "postal-address": postal_address.RECOGNISER,
        "postcode": postcode.RECOGNISER,
        "region": region.RECOGNISER,
        "coordinates": coordinates.RECOGNISER,
        "date-of-birth": date_of_birth.RECOGNISER,
        "age": age.RECOGNISER,
        "gender": gender.RECOGNISER,
        "ethnicity": ethnicity.RECOGNISER,
        "religion": religion.RECOGNISER,
        "nationality": nationality.RECOGNISER,
        "marital-status": marital_status.RECOGNISER,
        "education": education.RECOGNISER,
        "occupation": occupation.RECOGNISER,
        "organisation": organisation.RECOGNISER,
        "income": income.RECOGNISER,
        "health": health.RECOGNISER,
        "blood-type": blood_type.RECOGNISER,
        "vital-status": vital_status.RECOGNISER,
        "url": url.RECOGNISER,
        "free-text": free_text.RECOGNISER,
    }
)
"""Recognisers by type, the more telling first: where two fit a column equally well, the first one names it."""

SEARCHED: tuple[Recogniser, ...] = tuple(item for item in CATALOGUE.values() if item.text)
"""Those whose identifiers are looked for inside text, in the order in which they claim a place."""

IDENTIFYING: frozenset[str] = frozenset(
    item.type for item in CATALOGUE.values() if item.text and item.role is ColumnRole.DIRECT_IDENTIFIER
)
"""Types that point at one person wherever they stand: what must not be left in a released table."""
