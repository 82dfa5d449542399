"""Where a category is sensitive, article by article; what standards advise is apart."""

from datetime import date

from lockgate.laws.body import Laws
from lockgate.terms.category import Category

_LIST = "sensitive_categories"


def sensitive_under(laws: Laws, category: Category, day: date) -> tuple[str, ...]:
    """Return the articles that list a category as sensitive or special on a day, such as `kr/pipa 23`."""
    return tuple(
        f"{instrument.id} {article.number}"
        for instrument in laws.instruments
        for article in instrument.articles
        if (version := article.version_on(day)) and category.value in version.lists.get(_LIST, ())
    )
