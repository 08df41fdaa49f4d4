"""Rows by the names that people and commands use."""

from __future__ import annotations

import re
from typing import Final

from hoofdaannemer.core.scope import Scope
from subcontracts.models import Allocation

_NAME: Final = re.compile(r"([0-9]{1,9})@([0-9]{4}):(wmo|jw)", re.IGNORECASE)


class NotFoundError(Exception):
    """The name is wrong, or nothing has it."""


def allocation_named(scope: Scope, name: str) -> Allocation:
    """The allocation of `number@municipality:law`, such as 123456@0307:jw.

    Raises NotFoundError where there is none, or where two main contractors have one.
    """
    parsed = _NAME.fullmatch(name)
    if parsed is None:
        raise NotFoundError("an allocation is named number@municipality:law, as in 12345@0307:jw")
    number, municipality, family = parsed.groups()
    found = list(
        Allocation.objects.visible_to(scope)
        .filter(number=int(number), municipality__code=municipality, family=family.lower())
        .select_related("municipality", "product", "municipal_contract", "requested_product")[:2]
    )
    if len(found) != 1:
        raise NotFoundError("there is no such allocation, or more than one")
    return found[0]
