"""Values of options that several commands take, each with the words for who writes another."""

import argparse
import re
from datetime import date

_NUMBER = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def day(text: str) -> date:
    """Return the day that an option names.

    Raises:
        argparse.ArgumentTypeError: If it names none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"expected a day such as 2027-01-31, found `{text}`") from None


def whole_number(text: str) -> int:
    """Return the whole number that an option gives.

    Raises:
        argparse.ArgumentTypeError: If it gives none.
    """
    if not _NUMBER.fullmatch(text):
        raise argparse.ArgumentTypeError(f"expected a whole number, found `{text}`")
    return int(text)
