"""KWARTAAL: what the quarter's report shows, and what its words mean."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from hoofdaannemer.accountability.definitions.model import Definition, Shown
from hoofdaannemer.accountability.definitions.quarter_figures import exact, is_quarter
from hoofdaannemer.accountability.definitions.quarter_tables import (
    BY_PROVIDER,
    CAPACITY,
    CARE,
    ENTERED,
    ENTERED_THERE,
    GONE,
    LEFT,
    NEW,
    POLICY,
)
from hoofdaannemer.accountability.reporting import Unit

KWARTAAL = Definition(
    code="KWARTAAL",
    version=2,
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
    of_subcontractors=(
        Shown(
            BY_PROVIDER,
            "clients",
            _("Clients in care"),
            _(
                "Clients who received care of this subcontractor on at least one day of the"
                " quarter. A client of two subcontractors counts once in the total."
            ),
        ),
        Shown(
            ENTERED_THERE,
            "clients",
            _("Started"),
            _(
                "Clients whose care of this subcontractor began in the quarter, also where they"
                " had care of another before."
            ),
            fixed=(("arrival_there", NEW),),
        ),
        Shown(
            BY_PROVIDER,
            "cost",
            _("Cost of care"),
            _(
                "What the subcontractor is entitled to for care to clients in the quarter, with"
                " corrections. Fixed sums are no part of it."
            ),
            unit=Unit.EURO,
        ),
    ),
    exact=exact,
    fits=is_quarter,
)
