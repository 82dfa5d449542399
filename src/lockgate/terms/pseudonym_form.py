"""The form of a pseudonym in a cell: `p`, the version of its key, `_`, 26 characters of base 32 in lower case.

The form alone says nothing of the key. Nothing that identifies a person has it by chance.
"""

PSEUDONYM_FORM = r"p[1-9][0-9]*_[a-z2-7]{26}"
"""Regular expression of a whole cell, for RE2 and for Python's `re` with `re.ASCII`; its group-free text."""

PSEUDONYM_IN_COPY = r"p[1-9][0-9]{0,3}_[a-z2-7]{26}"
"""The same with a version of at most four digits, so that no number of a person can stand where the version does."""
