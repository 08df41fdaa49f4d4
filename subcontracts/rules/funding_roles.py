"""The roles of an FTE line: so many FTE of each job, at a price of its own.

They stand in the parameters of the line as a list. What the line says as a whole, its FTE and the
average price of one, follows from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils.translation import gettext as _

from hoofdaannemer.core.errors import RuleError
from hoofdaannemer.core.money import round_cents, round_to
from subcontracts.rules.indexing import indexed

#: Where the roles of a line stand in its parameters.
ROLES_KEY: Final = "roles"
#: Roles that a line may have.
MOST: Final = 8
LONGEST: Final = 60
_MOST_FTE: Final = Decimal(10_000)
_FTE_PLACES: Final = 3


@dataclass(frozen=True, slots=True)
class Role:
    """A job, the FTE that were agreed of it, and the price of one for a year in euros."""

    name: str
    fte: Decimal
    price: Decimal

    @property
    def year(self) -> Decimal:
        """What the role is paid a year, exactly."""
        return self.fte * self.price


def same_job(one: str, other: str) -> bool:
    """Whether two jobs are called the same, apart from capitals and spaces."""
    return _plain(one) == _plain(other)


def has_role(roles: Sequence[Role], job: str) -> bool:
    """Whether a line pays for a job: one of its roles is called so, or it names none."""
    return not roles or any(same_job(one.name, job) for one in roles)


def _plain(job: str) -> str:
    return " ".join(job.split()).casefold()


def roles_of(parameters: Mapping[str, Any]) -> tuple[Role, ...]:
    """The roles among stored parameters, in the order of the contract."""
    return tuple(
        Role(one["role"], Decimal(one["fte"]), Decimal(one["price"]))
        for one in parameters.get(ROLES_KEY, ())
    )


def checked(given: object) -> tuple[Role, ...]:
    """The roles that somebody gave: rows with `role`, `fte` and `price`.

    Raises RuleError CON-185 for one that is not complete or lies outside its bounds, CON-186 for a
    job that is named twice.
    """
    if not given:
        return ()
    if not isinstance(given, Sequence) or isinstance(given, str) or len(given) > MOST:
        raise _incomplete()
    roles = tuple(_checked(one) for one in given)
    names = [_plain(one.name) for one in roles]
    if len(set(names)) < len(names):
        raise RuleError("CON-186", _("A role is named twice. Add its FTE together in one row."))
    return roles


def _checked(row: object) -> Role:
    if not isinstance(row, Mapping) or set(row) != {"role", "fte", "price"}:
        raise _incomplete()
    name = " ".join(str(row["role"] or "").split())
    fte, price = _number(row["fte"]), _number(row["price"])
    if not name or len(name) > LONGEST or fte is None or price is None:
        raise _incomplete()
    is_exact = fte == round_to(fte, _FTE_PLACES) and price == round_cents(price)
    if not 0 < fte <= _MOST_FTE or price <= 0 or not is_exact:
        raise _incomplete()
    return Role(name, fte, price)


def _number(typed: object) -> Decimal | None:
    try:
        number = Decimal(str(typed))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _incomplete() -> RuleError:
    return RuleError(
        "CON-185",
        _(
            "A role is not complete. Fill in of each role what it is called, its FTE (at most three"
            " decimals) and the price of one FTE a year, or leave the whole row empty."
        ),
    )


def as_stored(roles: Sequence[Role]) -> list[dict[str, str]]:
    """Roles as they stand in the parameters; `roles_of` reads them back."""
    return [
        {"role": one.name, "fte": f"{one.fte:.3f}", "price": f"{one.price:.2f}"} for one in roles
    ]


def whole(roles: Sequence[Role], fte: object) -> dict[str, str]:
    """What the line says as a whole: FTE, and the average price of one, in whole cents.

    Raises RuleError CON-187 where other FTE were typed beside the roles.
    """
    together = sum((one.fte for one in roles), Decimal(0))
    if fte not in (None, "") and _number(fte) != together:
        raise RuleError(
            "CON-187",
            _(
                "The roles come to %(fte)s FTE together, which is not the agreed FTE of the line."
                " Leave that empty, or change a role."
            )
            % {"fte": f"{together.normalize():f}".replace(".", ",")},
        )
    average = round_cents(sum((one.year for one in roles), Decimal(0)) / together)
    return {"fte": f"{together:.3f}", "price": f"{average:.2f}"}


def indexed_roles(parameters: Mapping[str, Any], percent: Decimal) -> dict[str, Any]:
    """The roles of a line with a percentage on the price of each; nothing where it has none."""
    roles = roles_of(parameters)
    if not roles:
        return {}
    raised = [Role(one.name, one.fte, indexed(one.price, percent, 2)) for one in roles]
    return {ROLES_KEY: as_stored(raised)}
