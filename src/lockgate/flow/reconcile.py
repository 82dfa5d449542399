"""The scan and the flow file made into one set of facts: the stricter counts, both are recorded.

A person's word may always be stricter than the scan. A word that is laxer than a confirmed verdict needs a reason
(`override`) and a name (`by`); without them the verdict stands, and calling a confirmed identifier not personal is an
error. A column of which the scan says nothing is about persons when its table is.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from lockgate.classify.catalogue import CATALOGUE
from lockgate.laws.body import Laws
from lockgate.laws.threshold import Threshold
from lockgate.terms.category import IMPERSONAL, Category
from lockgate.terms.classification import ColumnVerdict
from lockgate.terms.column import ColumnRole, Verdict
from lockgate.terms.errors import InputError
from lockgate.terms.facts import ColumnFacts, Facts, FactValue
from lockgate.terms.flow_request import ColumnWord, FlowRequest


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the flow file and the data say different things.

    Attributes:
        fact: Name of the fact, or `column NAME category` and the like.
        said: What the file says.
        found: What the scan found.
        taken: What counts.
        why: `stricter`, or the override with the name behind it.
    """

    fact: str
    said: str
    found: str
    taken: str
    why: str


@dataclass(frozen=True, slots=True)
class CountedPersons:
    """Persons as counted in the source.

    Attributes:
        count: Distinct persons, exactly.
        sensitive: Of them with sensitive data.
        youngest: Age of the youngest on the day; None if no birth date was found.
        rows: Rows that were counted.
    """

    count: int
    sensitive: int
    youngest: int | None
    rows: int = 0


_BELIEVED = (Verdict.CONFIRMED, Verdict.SUSPECTED)

_ROLE_STRICTNESS = (
    ColumnRole.ORDINARY,
    ColumnRole.SENSITIVE,
    ColumnRole.QUASI_IDENTIFIER,
    ColumnRole.DIRECT_IDENTIFIER,
)


def reconcile_columns(
    words: Sequence[ColumnWord],
    verdicts: Sequence[ColumnVerdict],
    laws: Laws,
    as_of: date,
    *,
    is_about_persons: bool = False,
) -> tuple[tuple[ColumnFacts, ...], tuple[Difference, ...]]:
    """Return the columns as articles see them, and where word and verdict differ.

    Args:
        words: A person's words on columns, which exist.
        verdicts: The scan's verdicts in the order of the source; empty for a flow planned before there are data.
        laws: Which say what is sensitive where.
        as_of: The day whose law decides.
        is_about_persons: Whether the file says that the table is about persons, as when it names their number or
            the column that tells them apart; then no column is impersonal merely because the scan knows no type.

    Raises:
        InputError: If a word lacks its category where there are no data, or calls a confirmed identifier not personal
            without an override.
    """
    if not verdicts:
        return tuple(_declared(word, laws, as_of) for word in words), ()
    verdicts = [_by_what_it_holds(verdict) for verdict in verdicts]
    by_name = {word.name: word for word in words}
    table_has_persons = is_about_persons or any(
        _is_personal(verdict, by_name.get(verdict.name)) for verdict in verdicts
    )
    columns, differences = [], list[Difference]()
    for verdict in verdicts:
        word = by_name.get(verdict.name, ColumnWord(verdict.name))
        category = _category(word, verdict, laws, as_of, differences)
        if word.category is None and verdict.verdict in (Verdict.NONE, Verdict.REFUTED) and table_has_persons:
            category = Category.OTHER_PERSONAL if category in IMPERSONAL else category
        role = _role(word, verdict, differences)
        if word.role is None and word.category is category:  # a name is a name although the scan knows none
            role = max(role, _usual_role(category, laws, as_of), key=_ROLE_STRICTNESS.index)
        columns.append(
            ColumnFacts(
                name=verdict.name,
                category=category,
                role=ColumnRole.ORDINARY if category in IMPERSONAL else role,
                type=verdict.type if category is verdict.category and verdict.verdict in _BELIEVED else "",
                necessary=word.necessary,
                sensitive_in=laws.sensitive_in(category, as_of),
            )
        )
    return tuple(columns), tuple(differences)


def reconcile_values(
    request: FlowRequest, counted: CountedPersons | None
) -> tuple[Mapping[str, FactValue], tuple[Difference, ...]]:
    """Return the values of the facts, counts taken on the strict side, and where file and data differ.

    Args:
        request: The flow as declared.
        counted: Persons of the source; None for a flow planned before there are data.

    Raises:
        InputError: If the holder holds fewer persons than the source has, or more are sensitive than there are.
    """
    values: dict[str, FactValue] = dict(request.values)
    differences: list[Difference] = []
    if counted is not None:
        _take(values, differences, "data.persons", counted.count, max)
        _take(values, differences, "data.sensitive_persons", counted.sensitive, max)
        if counted.youngest is not None:
            _take(values, differences, "data.min_age", counted.youngest, min)
    persons, held = values.get("data.persons"), values.get("holder.persons_held")
    if isinstance(persons, int) and isinstance(held, int) and held < persons:
        raise InputError(
            f"holder.persons_held ({held}) is less than the persons in the data ({persons})",
            "a holder holds at least the persons it sends: mend the flow file",
        )
    sensitive = values.get("data.sensitive_persons")
    if counted is not None and isinstance(persons, int) and isinstance(sensitive, int) and persons < sensitive:
        raise InputError(
            f"data.sensitive_persons ({sensitive}) is more than the persons in the data ({persons})",
            "mend the flow file, or leave the count to the scan",
        )
    differences += _contradictions(values)
    return MappingProxyType(values), tuple(differences)


def _contradictions(values: dict[str, FactValue]) -> Iterator[Difference]:
    """Yield what the file itself says in two ways, and take the stricter where one is."""
    held, exported = values.get("holder.persons_held"), values.get("holder.exported_this_year.ordinary")
    if isinstance(held, int) and isinstance(exported, int) and held < exported:
        found = f"{exported} exported this year"
        yield Difference("holder.persons_held", str(held), found, str(held), "taken as said: some may be deleted since")
    use, kind, raw = (values.get(fact) for fact in ("means.by", "recipient.as", "means.raw_leaves_holder"))
    if raw is False and use in ("copy", "publication") and kind not in (None, "same-controller", "data-subject"):
        values["means.raw_leaves_holder"] = True
        yield Difference("means.raw_leaves_holder", "no", f"means {use}", "yes", "stricter")
    if "authority.instrument" in values and kind not in (None, "authority"):
        said = str(values["authority.instrument"])
        yield Difference("authority.instrument", said, f"recipient {kind}", said, "asked of authorities only")
    persons = values.get("data.persons")
    if values.get("data.subjects_in") == () and isinstance(persons, int) and persons:
        del values["data.subjects_in"]
        yield Difference("data.subjects_in", "nowhere", f"{persons} persons", "unknown", "persons are somewhere")


def make_facts(
    request: FlowRequest,
    as_of: date,
    columns: tuple[ColumnFacts, ...],
    values: Mapping[str, FactValue],
    child_age: Threshold | None,
) -> Facts:
    """Return the facts of a flow from its reconciled parts.

    Args:
        request: The flow as declared.
        as_of: The day whose law decides.
        columns: Made by `reconcile_columns`.
        values: Made by `reconcile_values`.
        child_age: The age from which a person's data are no longer sensitive for the age alone; None if no law says.
    """
    known = dict(values)
    if not any(column.is_personal for column in columns):
        known |= {fact: request.values.get(fact, 0) for fact in ("data.persons", "data.sensitive_persons")}
    elif any(_COUNTS_SENSITIVE in column.sensitive_in for column in columns):
        if "data.persons" in known:
            known.setdefault("data.sensitive_persons", known["data.persons"])  # each may have a value there
    elif _reaches(known.get("data.min_age"), child_age):
        known.setdefault("data.sensitive_persons", 0)
    return Facts(
        as_of=as_of,
        values=MappingProxyType(known),
        columns=columns,
        safeguards=request.safeguards,
        roles_unknown=request.roles_unknown,
    )


_COUNTS_SENSITIVE = "CN"
"""The one coded jurisdiction whose law counts persons with sensitive data."""


def _reaches(age: FactValue | None, limit: Threshold | None) -> bool:
    return isinstance(age, int) and limit is not None and age >= limit.least


def _declared(word: ColumnWord, laws: Laws, as_of: date) -> ColumnFacts:
    if word.category is None:
        raise InputError(
            f"`data.columns.{word.name}`: expected a category, since there are no data to scan",
            f'write category = "..." under [data.columns.{word.name}]',
        )
    return ColumnFacts(
        name=word.name,
        category=word.category,
        role=word.role or _usual_role(word.category, laws, as_of),
        necessary=word.necessary,
        sensitive_in=laws.sensitive_in(word.category, as_of),
    )


_DIRECT = frozenset(
    {
        Category.NAME,
        Category.CONTACT,
        Category.NATIONAL_IDENTIFIER,
        Category.GOVERNMENT_DOCUMENT,
        Category.FINANCIAL_ACCOUNT,
        Category.BIOMETRIC,
        Category.FINGERPRINT,
        Category.FACE,
        Category.VOICE,
        Category.DEVICE_IDENTIFIER,
        Category.ONLINE_IDENTIFIER,
        Category.ACCOUNT_CREDENTIAL,
        Category.POSTAL_ADDRESS,
        Category.VEHICLE,
    }
)
_QUASI = frozenset(
    {
        Category.DATE_OF_BIRTH,
        Category.GENDER,
        Category.ETHNICITY,
        Category.EDUCATION,
        Category.EMPLOYMENT,
        Category.FAMILY,
        Category.LOCATION,
        Category.LOCATION_TRACK,
    }
)


def _usual_role(category: Category, laws: Laws, as_of: date) -> ColumnRole:
    """Return the role that a declared category has where the file names none."""
    if category in _DIRECT:
        return ColumnRole.DIRECT_IDENTIFIER
    if category in _QUASI:
        return ColumnRole.QUASI_IDENTIFIER
    return ColumnRole.SENSITIVE if laws.sensitive_in(category, as_of) else ColumnRole.ORDINARY


def _is_personal(verdict: ColumnVerdict, word: ColumnWord | None) -> bool:
    if word is not None and word.category is not None:
        return word.category not in IMPERSONAL
    return verdict.category not in IMPERSONAL


def _category(
    word: ColumnWord, verdict: ColumnVerdict, laws: Laws, as_of: date, differences: list[Difference]
) -> Category:
    said, found = word.category, verdict.category
    if said is None or said is found:
        return found
    is_laxer = _is_laxer(said, found, laws, as_of)
    taken, why = said, "a person's word"
    if is_laxer and verdict.verdict is Verdict.CONFIRMED:
        if _is_signed(word):
            why = f"override by {word.by}: {word.override}"
        elif said in IMPERSONAL:
            raise InputError(
                f"`data.columns.{word.name}`: declared `{said}`, but the scan confirms `{verdict.type or found}`",
                'give the reason in override = "..." and the name in by = "...", or take the word back',
            )
        else:
            taken, why = found, "stricter"
    differences.append(Difference(f"column {word.name} category", said.value, found.value, taken.value, why))
    return taken


def _is_laxer(said: Category, found: Category, laws: Laws, as_of: date) -> bool:
    """Whether any list of a law of the day names what was found and not what was said."""
    if said in IMPERSONAL or found in IMPERSONAL:
        return found not in IMPERSONAL
    articles = (article for instrument in laws.instruments for article in instrument.articles)
    versions = (article.version_on(as_of) for article in articles)
    lists = (words for version in versions if version for words in version.lists.values())
    return any(found.value in words and said.value not in words for words in lists)


def _by_what_it_holds(verdict: ColumnVerdict) -> ColumnVerdict:
    """Return the verdict on a column of no type in which identifiers stand beside other signs: it is of theirs.

    `ID: 110101...` is an identity number as `110101...` is; else a sign in front would lift what the law says of it.
    """
    hits = verdict.text_hits or {}
    if verdict.verdict in _BELIEVED or verdict.role is not ColumnRole.DIRECT_IDENTIFIER or not hits:
        return verdict
    type_ = max(hits, key=lambda name: (CATALOGUE[name].category is Category.NATIONAL_IDENTIFIER, hits[name]))
    return replace(verdict, type=type_, category=CATALOGUE[type_].category, verdict=Verdict.CONFIRMED)


def _is_signed(word: ColumnWord) -> bool:
    """Whether a word gives a reason and a name; blanks and signs without letters are neither."""
    return all(any(sign.isalnum() for sign in text) for text in (word.override, word.by))


def _role(word: ColumnWord, verdict: ColumnVerdict, differences: list[Difference]) -> ColumnRole:
    said, found = word.role, verdict.role
    if said is None or said is found:
        return found
    is_laxer = _ROLE_STRICTNESS.index(said) < _ROLE_STRICTNESS.index(found)
    taken, why = said, "a person's word"
    if is_laxer and verdict.verdict is Verdict.CONFIRMED:
        if _is_signed(word):
            why = f"override by {word.by}: {word.override}"
        else:
            taken, why = found, "stricter"
    differences.append(Difference(f"column {word.name} role", said.value, found.value, taken.value, why))
    return taken


def _take(
    values: dict[str, FactValue],
    differences: list[Difference],
    fact: str,
    found: int,
    stricter: Callable[[int, int], int],
) -> None:
    said = values.get(fact)
    taken = stricter(said, found) if isinstance(said, int) else found
    values[fact] = taken
    if isinstance(said, int) and said != found:
        differences.append(Difference(fact, str(said), str(found), str(taken), "stricter"))
