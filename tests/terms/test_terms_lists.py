"""The closed lists of the flow-file contract, section 5: every word is there, spelled exactly; more may be there."""

import pytest

from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.duty import DUTIES, Duty, DutyKind
from lockgate.terms.fact import FACTS, FactType
from lockgate.terms.lists import (
    COUNTRIES,
    GROUNDS,
    INSTRUMENTS_OF_AUTHORITY,
    MEANS,
    PARTY_ROLES,
    PLACES,
    PROVENANCES,
    PURPOSES,
    RECIPIENT_KINDS,
    TRANSACTIONS,
)
from lockgate.terms.truth import Truth

CONTRACT = {
    "categories": """name, contact, postal-address, national-identifier, government-document, financial-account,
        payment, income-and-assets, credit-history, adverse-credit, health, genetic, blood-type, biometric, fingerprint,
        face, voice, religion, political-opinion, union-membership, ethnicity, sex-life, criminal-record,
        specific-identity, location, location-track, communication-content, communication-metadata, device-identifier,
        online-identifier, behaviour, education, employment, family, gender, date-of-birth, vehicle, out-of-car-video,
        account-credential, free-text, aggregate, other-personal, not-personal""",
    "roles": """critical-infrastructure-operator, state-organ, authorised-public-body, lender, credit-agency,
        licensed-credit-agency, car-data-handler, large-platform, app-operator, data-exchange, free-trade-zone,
        network-operator, court, police, foreign-authority, designated-combination-institution, certified-dpf,
        covered-person, affiliate""",
    "purposes": """service-provision, contract-with-data-subject, employee-management, recruitment, marketing,
        targeted-advertising, analytics, research, statistics, train-ai, product-safety, product-development,
        fraud-prevention, credit-assessment, automated-decision, legal-compliance, criminal-investigation,
        judicial-proceeding, public-security, public-health, emergency, journalism, sell, publish, archive,
        access-control, identify-persons, social-scoring, track-opinion, control-speech""",
    "duties": """legal-ground, notice, sensitive-notice, consent, separate-consent, written-consent, guardian-consent,
        explicit-consent, contract, supervision, minimum-scope, impact-assessment, record-of-processing,
        domestic-storage, security-assessment, standard-contract-or-certification, standard-contract-filing,
        transfer-safeguards, transfer-assessment, authority-approval, authority-papers, anonymise-out-of-car,
        face-filing, alternative-offered, protection-officer-filing, compliance-audit, minors-audit,
        important-data-risk-assessment, important-data-annual-report, licence, prior-adverse-notice, explanation,
        human-review, opt-out, deletion, combination-institution, source-lawfulness, safeguards-of-pseudonymised-data,
        record-of-sharing, verified-k, verified-anonymity, residual-identifiers-none""",
    "recipients": """independent-controller, joint-controller, entrusted-party, same-controller, authority, public,
        data-subject""",
    "grounds": """consent, contract, employment, statutory-duty, emergency, public-interest-news, disclosed-by-person,
        legitimate-interests, vital-interests, public-task, law""",
    "means": "copy, view, query, joint-computation, federated-training, publication, collection, entrust",
    "instruments": """court-order, administrative-order, preservation, emergency, treaty-request, inspection,
        informal""",
    "transactions": "brokerage, vendor, employment, investment, none",
    "provenances": "collected, received, purchased, public, generated, derived",
}

OURS = {
    "categories": tuple(Category),
    "roles": PARTY_ROLES,
    "purposes": tuple(PURPOSES),
    "duties": tuple(DUTIES),
    "recipients": RECIPIENT_KINDS,
    "grounds": GROUNDS,
    "means": MEANS,
    "instruments": INSTRUMENTS_OF_AUTHORITY,
    "transactions": TRANSACTIONS,
    "provenances": PROVENANCES,
}


def words(text):
    """Return the words of a list written with commas."""
    return [" ".join(word.split()) for word in text.split(",")]


@pytest.mark.parametrize("name", CONTRACT)
def test_every_word_of_the_contract_is_in_the_closed_list(name):
    assert [word for word in words(CONTRACT[name]) if word not in OURS[name]] == []


@pytest.mark.parametrize("name", OURS)
def test_no_closed_list_says_a_word_twice(name):
    assert len(set(OURS[name])) == len(OURS[name])


@pytest.mark.parametrize("name", OURS)
def test_words_are_lower_case_with_hyphens(name):
    assert all(word == word.lower() and not set(word) & {"_", " "} for word in OURS[name])


def test_the_two_impersonal_categories_are_those_about_nobody():
    assert {"aggregate", "not-personal"} == IMPERSONAL


def test_every_purpose_is_mapped_to_a_term_of_the_privacy_vocabulary():
    assert all(term.startswith("https://w3id.org/dpv#") for term in PURPOSES.values())


def test_places_are_the_officially_assigned_countries_and_the_union():
    assert len(COUNTRIES) == 249
    assert {"EU"} == PLACES - COUNTRIES
    assert not {"UK", "XK", "SU"} & PLACES  # reserved or user-assigned codes


# What a duty of each kind does to a flow

STANDING = """standard-contract-filing, face-filing, protection-officer-filing, compliance-audit, minors-audit,
    important-data-annual-report, explanation, human-review, deletion"""


def test_standing_duties_never_gate_and_all_others_do():
    of_the_contract = set(words(CONTRACT["duties"]))
    assert {name for name, term in DUTIES.items() if not term.gates} & of_the_contract == set(words(STANDING))
    assert all(term.gates is (term.kind is not DutyKind.STANDING) for term in DUTIES.values())


def test_technical_duties_are_met_by_measuring_and_records_by_releasing():
    by_kind = {kind: {name for name, term in DUTIES.items() if term.kind is kind} for kind in DutyKind}
    assert by_kind[DutyKind.RECORD] == {"record-of-processing", "record-of-sharing"}
    assert {"verified-k", "verified-anonymity", "residual-identifiers-none"} <= by_kind[DutyKind.TECHNICAL]


@pytest.mark.parametrize("kind", DutyKind)
@pytest.mark.parametrize("met", Truth)
def test_a_flow_waits_for_what_gates_is_not_met_and_needs_people(kind, met):
    duty = Duty("notice", kind, kind is not DutyKind.STANDING, met, ("cn/pipl 17",))
    people = kind not in (DutyKind.STANDING, DutyKind.TECHNICAL)
    assert duty.holds_up == (people and met is not Truth.YES)


# Facts

LIFTING = {
    "data.publicly_disclosed",
    "safeguards.anonymous_for",
    "data.collected_in",
    "holder.zone",
    "holder.outside_negative_list",
    "basis.collective_contract",
}


def test_only_the_facts_of_the_contract_count_as_no_when_left_out():
    assert {name for name, term in FACTS.items() if term.only_lifts} == LIFTING


def test_a_fact_presumed_absent_says_why():
    presumed = {name: term.presumed_absent for name, term in FACTS.items() if term.presumed_absent}
    assert set(presumed) == {"data.core", "recipient.restricted", "purpose.edits_persons"}
    assert all(len(why.split()) > 5 for why in presumed.values())


@pytest.mark.parametrize("name", FACTS)
def test_every_fact_has_a_question_and_a_list_where_it_is_a_choice(name):
    term = FACTS[name]
    assert term.name == name
    assert term.question.endswith(("?", "if any?"))
    assert bool(term.options) == (term.type in (FactType.CHOICE, FactType.CHOICES))
