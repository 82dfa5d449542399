"""From the duties of a decision to techniques: what has to be done to which column, and which ways there are to do it.

Law is not read here: duties arrive by name, the size of classes as a number. What a technique costs is not known before
the data are seen; `lockgate.protect.frontier` tries the ways that `settings` lists.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from lockgate.terms.category import Category
from lockgate.terms.column import ColumnRole, Treatment
from lockgate.terms.facts import ColumnFacts
from lockgate.terms.frontier import Needs, Setting
from lockgate.terms.measure import Measure, MeasureKind, in_order
from lockgate.terms.privacy_model import DistinctDiversity, PrivacyModel

_VERIFIED_K, _ANONYMITY, _NO_IDENTIFIER = "verified-k", "verified-anonymity", "residual-identifiers-none"

_LADDER = (2, 3, 5, 10, 20, 50, 100)
"""Sizes of classes that are tried beside those that are asked for: what a person weighs against each other."""

_SHORT_LADDER = 3
"""How many sizes above the one asked for are tried where one try takes long."""


def needs_of(duties: Iterable[str], size: int) -> Needs:
    """Return what duties ask of a copy.

    `verified-k` asks for classes; `residual-identifiers-none` that no identifier is left; `verified-anonymity` for
    both, and that rows of one person cannot be put together, as a pseudonym would let them.

    Args:
        duties: Names of the duties of the decision; those of people and papers are not looked at.
        size: The least number of persons of a class, where a duty or the holder asks for classes; 0 for none.
    """
    because = tuple(duty for duty in dict.fromkeys(duties) if duty in (_VERIFIED_K, _ANONYMITY, _NO_IDENTIFIER))
    anonymous = _ANONYMITY in because
    return Needs(
        k=max(size, 1),
        because=because,
        treats_identifiers=size > 1 or bool(because),
        forbids_links=anonymous,
    )


def cell_steps(needs: Needs, columns: Sequence[ColumnFacts], kinds: Collection[MeasureKind]) -> tuple[Measure, ...]:
    """Return the measures for columns that are no quasi-identifiers: of those that do, the one that costs least.

    A direct identifier becomes a pseudonym, which still says what rows are of one person; where that is forbidden, or
    there is no such technique, it is left out. Identifiers inside text are cut out; where nothing may be linked, or
    there is no such technique, the text is left out. What a measure has treated already stays as it is.

    Args:
        needs: What is asked for.
        columns: The columns of the flow.
        kinds: Measures that can be carried out.
    """
    if not needs.treats_identifiers:
        return ()
    untreated = [column for column in columns if column.treatment is Treatment.NONE]
    text = tuple(column.name for column in untreated if column.category is Category.FREE_TEXT)
    direct = tuple(
        column.name for column in untreated if column.role is ColumnRole.DIRECT_IDENTIFIER and column.name not in text
    )
    steps = [
        Measure(_mildest(needs, mild, kinds), names)
        for names, mild in ((direct, MeasureKind.PSEUDONYMISE), (text, MeasureKind.REDACT))
        if names
    ]
    return in_order(steps)


@dataclass(frozen=True, slots=True)
class AtHand:
    """What classes can be made with.

    Attributes:
        quasi_identifiers: Columns that tell persons apart, at least one.
        hierarchies: Columns that have a hierarchy.
        sensitive: Sensitive columns of at least two values, on which models can be searched for.
        models: Models that are asked for in any case.
        searches: Searches at hand; those other than `local` need a hierarchy of every quasi-identifier.
        is_quick: Whether one try is quick, so that many can be made.
    """

    quasi_identifiers: tuple[str, ...]
    hierarchies: frozenset[str] = frozenset()
    sensitive: tuple[str, ...] = ()
    models: tuple[PrivacyModel, ...] = ()
    searches: tuple[str, ...] = ("local",)
    is_quick: bool = True


def settings(needs: Needs, sizes: Iterable[int], at_hand: AtHand) -> tuple[Setting, ...]:
    """Return the ways to make classes that are worth trying, the size asked for first, each once.

    At the size that is asked for: every search at hand with every kind of label that differs. At other sizes, and with
    two different values of each sensitive column in a class: the local search with intervals and with sets.

    Args:
        needs: What is asked for.
        sizes: Sizes of classes that a law or standard names, to be tried too.
        at_hand: What classes can be made with.
    """
    quasi = set(at_hand.quasi_identifiers)
    has_tree, covered = bool(at_hand.hierarchies & quasi), at_hand.hierarchies >= quasi
    labels = ("interval", "set", *(("hierarchy",) if has_tree else ()))
    always = at_hand.models
    found = [Setting(needs.k, labels=kind, models=always) for kind in labels]
    found += [
        Setting(needs.k, search=search, labels="hierarchy", models=always)
        for search in at_hand.searches
        if search != "local" and covered
    ]
    found += [
        Setting(needs.k, labels=kind, models=(*always, DistinctDiversity(name, 2)))
        for name in at_hand.sensitive
        for kind in ("interval", "set")
    ]
    others = sorted({*sizes, *_LADDER} - {needs.k, 0, 1})
    if not at_hand.is_quick:
        others = [size for size in others if size > needs.k][:_SHORT_LADDER]
    found += [Setting(size, labels=kind, models=always) for size in others for kind in ("interval", "set")]
    return tuple(dict.fromkeys(found))


def _mildest(needs: Needs, mild: MeasureKind, kinds: Collection[MeasureKind]) -> MeasureKind:
    return MeasureKind.DROP if needs.forbids_links or mild not in kinds else mild
