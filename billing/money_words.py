"""Names of what comes in and goes out, as the pages about whole years say them."""

from __future__ import annotations

from typing import Final

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.models import OwnTeamRow
from billing.rules.drivers import Driver
from billing.selectors.task_euro import Part, Source
from hoofdaannemer.core.money import format_euro
from subcontracts.models import BudgetAdjuster, FundingLine

_PLAIN: Final = {
    Source.BUDGET: gettext_lazy("Budget of the year"),
    Source.BY_UNIT: gettext_lazy("Paid by the unit"),
    Source.INVOICED: gettext_lazy("Invoices without a subcontract"),
    Source.OWN_BUDGETS: gettext_lazy("Personal budgets of residents"),
}
_CAUSES: Final = {
    "clients": gettext_lazy("more clients"),
    "use": gettext_lazy("more care for each client"),
    "price": gettext_lazy("higher prices"),
}
_LESS: Final = {
    "clients": gettext_lazy("fewer clients"),
    "use": gettext_lazy("less care for each client"),
    "price": gettext_lazy("lower prices"),
}


def name_of(part: Part) -> str:
    """What it is, in a few words."""
    match part.source:
        case Source.ADJUSTER:
            return capfirst(str(dict(BudgetAdjuster.Kind.choices).get(part.detail, part.detail)))
        case Source.OWN_TEAM:
            kind = dict(OwnTeamRow.Kind.choices).get(part.detail, part.detail)
            return _("Own teams: %(kind)s") % {"kind": kind}
        case Source.FORM:
            return _("Subcontractors: %(form)s") % {"form": form_name(part.detail)}
        case _:
            return str(_PLAIN[part.source])


def form_name(form: str) -> str:
    """A funding form."""
    return str(dict(FundingLine.Form.choices).get(form, form))


def driver_sentence(driver: Driver, product: str) -> str:
    """What drives a change between two periods of three months, in one sentence."""
    if not driver.main:
        return _("The last three months cost as much as the three before.")
    causes = _CAUSES if driver.total > 0 else _LESS
    words = {
        "amount": format_euro(abs(driver.total)),
        "cause": causes[driver.main],
        "product": product,
    }
    more = _(
        "The last three months cost %(amount)s more than the three before, most by %(cause)s"
        " (%(product)s)."
    )
    less = _(
        "The last three months cost %(amount)s less than the three before, most by %(cause)s"
        " (%(product)s)."
    )
    return (more if driver.total > 0 else less) % words
