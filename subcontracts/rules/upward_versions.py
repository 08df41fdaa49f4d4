"""What a municipal contract says: checked before it is stored, and compared between versions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from subcontracts.rules.upward_terms import (
    BY_NAME,
    LONGEST_ITEM,
    LONGEST_TEXT,
    MOST_ITEMS,
    TERMS,
    Kind,
    Term,
    Value,
    Values,
)

# Checking


def checked(given: Mapping[str, object]) -> dict[str, Value]:
    """The values as they are stored, without what is unknown or not agreed.

    Raises RuleError CON-40 for a value that does not fit its term, CON-41 for a term that does not
    exist.
    """
    if unknown := sorted(given.keys() - BY_NAME.keys()):
        raise RuleError(
            "CON-41",
            _("A municipal contract has no term %(name)s. Leave it out.")
            % {"name": ", ".join(unknown)},
        )
    found = {term.name: _stored(term, given.get(term.name)) for term in TERMS}
    return {name: value for name, value in found.items() if value is not None}


def _stored(term: Term, value: object) -> Value | None:
    """None where nothing was agreed; yes, no and zero are agreements."""
    if value is None or (isinstance(value, str | list | tuple) and not value):
        return None
    return _READERS[term.kind](term, value)


def _yes_no(term: Term, value: object) -> Value | None:
    if not isinstance(value, bool):
        raise _refusal(term, _("%(label)s is yes, no or unknown."))
    return value


def _text(term: Term, value: object) -> Value | None:
    text = str(value).strip()
    if len(text) > LONGEST_TEXT:
        raise _refusal(term, _("%(label)s is too long. Shorten it."))
    return text or None


def _number(term: Term, value: object, *, places: int) -> Decimal:
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise _refusal(term, _("%(label)s must be a number.")) from error
    in_bounds = number.is_finite() and number >= term.least
    if not in_bounds or (term.most is not None and number > term.most):
        raise _refusal(term, _("%(label)s lies outside what is possible."))
    exponent = number.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > places:
        raise _refusal(term, _("%(label)s has too many decimals."))
    return number


def _several(term: Term, value: object) -> list[str]:
    """Each once, in the order given; choices in the order in which they are offered."""
    if not isinstance(value, list | tuple):
        raise _refusal(term, _("%(label)s is a list."))
    texts = list(dict.fromkeys(text for one in value if (text := str(one).strip())))
    if term.kind is Kind.CHOICES:
        return _chosen(term, texts)
    if len(texts) > MOST_ITEMS or any(len(text) > LONGEST_ITEM for text in texts):
        raise _refusal(term, _("%(label)s has too many lines, or one that is too long."))
    return texts


def _chosen(term: Term, texts: Sequence[str]) -> list[str]:
    if any(text not in term.choices for text in texts):
        raise _refusal(term, _("Choose from the list: %(label)s."))
    return [choice for choice in term.choices if choice in texts]


def _refusal(term: Term, text: str) -> RuleError:
    return RuleError("CON-40", text % {"label": term.label})


_READERS: Final[Mapping[Kind, Callable[[Term, object], Value | None]]] = MappingProxyType(
    {
        Kind.PERCENT: lambda term, value: f"{_number(term, value, places=2):.2f}",
        Kind.NUMBER: lambda term, value: int(_number(term, value, places=0)),
        Kind.CHOICE: lambda term, value: _chosen(term, [str(value)])[0],
        Kind.CHOICES: lambda term, value: _several(term, value) or None,
        Kind.YES_NO: _yes_no,
        Kind.TEXT: _text,
        Kind.TEXTS: lambda term, value: _several(term, value) or None,
    }
)


# Versions


@dataclass(frozen=True)
class Change:
    """A term that reads differently; None where it was not, or is no longer, agreed."""

    name: str
    before: Value | None
    after: Value | None


def changes(before: Values, after: Values) -> list[Change]:
    """What a newer version says otherwise, in the order of the terms."""
    return [
        Change(term.name, before.get(term.name), after.get(term.name))
        for term in TERMS
        if before.get(term.name) != after.get(term.name)
    ]


def applied(values: Values, changed: Iterable[Change]) -> dict[str, Value]:
    """The values with these changes made: `applied(a, changes(a, b)) == b`."""
    found = dict(values)
    for change in changed:
        if change.after is None:
            found.pop(change.name, None)
        else:
            found[change.name] = change.after
    return found
