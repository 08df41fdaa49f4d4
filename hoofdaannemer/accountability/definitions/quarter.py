"""KWARTAAL: what the quarter's report shows, and what its words mean."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.definitions.model import Definition, Shown
from hoofdaannemer.accountability.definitions.quarter_figures import (
    CAPACITY,
    CARE,
    ENTERED,
    GONE,
    LEFT,
    NEW,
    POLICY,
    exact,
    is_quarter,
)
from hoofdaannemer.accountability.reporting import Unit

KWARTAAL = Definition(
    code="KWARTAAL",
    version=1,
    title=_("Quarterly report"),
    policy=POLICY,
    columns=(
        Shown(
            CARE,
            "clients",
            _("Clients in care"),
            _(
                "Clients who received care on at least one day of the quarter. A client with two"
                " kinds of care counts once in the total."
            ),
        ),
        Shown(
            ENTERED,
            "clients",
            _("Started"),
            _(
                "Clients whose care of this kind began in the quarter. Going on after a pause is"
                " not a start."
            ),
            fixed=(("arrival", NEW),),
        ),
        Shown(
            LEFT,
            "clients",
            _("Ended"),
            _("Clients whose care of this kind ended for good in the quarter."),
            fixed=(("departure", GONE),),
        ),
        Shown(
            ENTERED,
            "waiting_days",
            _("Waiting time (days)"),
            _(
                "Days between the receipt of the allocation and the start of care, for care that"
                " started in the quarter. Half of the clients waited shorter, half longer."
            ),
            fixed=(("arrival", NEW),),
        ),
        Shown(
            CARE,
            "hours",
            _("Hours delivered"),
            _(
                "Approved declared care in minutes, hours and parts of a day (four hours). Care"
                " without a time, such as a stay or a trajectory, is not in it."
            ),
        ),
        Shown(
            CARE,
            "cost",
            _("Cost of care"),
            _(
                "What subcontractors are entitled to for care to clients in the quarter, with"
                " corrections. Fixed sums are shown apart."
            ),
            unit=Unit.EURO,
        ),
    ),
    facts=(
        Shown(
            CAPACITY,
            "fte",
            _("FTE deployed"),
            _(
                "Average number of full-time equivalents under contracts with a fixed sum, for the"
                " whole contract."
            ),
            decimals=1,
        ),
        Shown(
            CAPACITY,
            "fixed_sum",
            _("Cost of fixed sums"),
            _(
                "What subcontractors with a fixed sum are entitled to over the quarter, for the"
                " whole contract."
            ),
            unit=Unit.EURO,
        ),
    ),
    exact=exact,
    fits=is_quarter,
)
