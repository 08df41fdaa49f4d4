"""Declarations to municipalities."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from billing.models import (
    UpwardDeclaration,
)
from billing.selectors import upward_work
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Scope
from hoofdaannemer.core.templatetags.core_format import month_nl
from hoofdaannemer.core.working_days import add_working_days
from subcontracts.worklist import WorkItem

#: Working days after a month in which it is closed.
CLOSE_DAYS: Final = 12


def upward(scope: Scope) -> Iterable[WorkItem]:
    """What municipalities refused, and months that were not declared to them."""
    for one in upward_work.refused_lines(scope):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=ngettext(
                "%(name)s rejected %(count)s line of %(month)s",
                "%(name)s rejected %(count)s lines of %(month)s",
                one.lines,
            )
            % {
                "name": one.declaration.municipality.name,
                "count": one.lines,
                "month": month_nl(one.declaration.month),
            },
            url=one.declaration.get_absolute_url(),
            verb=_("Decide about the lines"),
            is_sealed=one.is_sealed,
        )
    for declaration in upward_work.refused_wholes(scope):
        yield _whole(declaration)
    month = Month.of(scope.today).previous()
    for part in upward_work.to_declare(scope, month):
        yield WorkItem(
            kind=_("Declarations to municipalities"),
            text=_("Declare %(month)s to %(name)s")
            % {"month": month_nl(month), "name": part.municipality.name},
            url=reverse("upward_month", args=[part.pk, str(month)]),
            verb=_("See what goes up"),
            due=add_working_days(month.last, CLOSE_DAYS),
        )


def _whole(declaration: UpwardDeclaration) -> WorkItem:
    return WorkItem(
        kind=_("Declarations to municipalities"),
        text=_("%(name)s refused the declaration of %(month)s")
        % {"name": declaration.municipality.name, "month": month_nl(declaration.month)},
        url=declaration.get_absolute_url(),
        verb=_("See why"),
    )
