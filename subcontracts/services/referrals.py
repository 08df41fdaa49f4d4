"""Referrals that the main contractor's own access hands in: each becomes a request, or is kept.

A request goes the way of the form: up at once, or to our own decision under a mandate. A dry run
does all of it and takes it back. A referral that cannot be taken stops no other, and is kept so
that it can be mended and handed in again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hoofdaannemer.accounts.models import MainContractor
from hoofdaannemer.audit import services as audit
from hoofdaannemer.core.errors import DomainError, RuleError
from hoofdaannemer.core.scope import Scope
from subcontracts import policies
from subcontracts.models import CareRequest, ReferralFile, RefusedReferralRow
from subcontracts.rules.csvfiles import Fault
from subcontracts.rules.referral import HandedIn, ReferralDetails
from subcontracts.rules.referralcells import COLUMNS
from subcontracts.selectors.referrals import Catalogue, known_requests
from subcontracts.services import requests
from subcontracts.services.clients import PersonDetails

#: In which column the mistake stands, by the rule that a request breaks; else the reference.
_COLUMN_OF: Final[Mapping[str, str]] = {
    "VOT-01": "productcode",
    "VOT-02": "bsn",
    "VOT-04": "bsn",
    "VOT-06": "productcode",
    "VOT-12": "gemeente",
}
_UNCOVERED: Final = "VOT-01"


@dataclass(frozen=True)
class Result:
    """What became of one referral: a request, new or known already, or what is wrong."""

    handed_in: HandedIn
    request: CareRequest | None = None
    is_known: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became, or would become, of referrals, in the order in which they were handed in."""

    results: Sequence[Result]

    @property
    def taken(self) -> int:
        """How many became a request."""
        return sum(one.request is not None and not one.is_known for one in self.results)

    @property
    def known(self) -> int:
        """How many were a request already."""
        return sum(one.is_known for one in self.results)

    @property
    def refused(self) -> list[HandedIn]:
        """Those that are not taken, with what is wrong."""
        return [one.handed_in for one in self.results if one.request is None]


@transaction.atomic
def dry_run(*, scope: Scope, referrals: Sequence[HandedIn]) -> Outcome:
    """Say what would become of referrals, and leave everything as it is. Raises as `hand_in`."""
    policies.check_can_manage_care(scope, scope.main_contractor_id)
    point = transaction.savepoint()
    try:
        return _carried_out(scope, referrals)
    finally:
        transaction.savepoint_rollback(point)


@transaction.atomic
def hand_in(
    *, scope: Scope, referrals: Sequence[HandedIn], source: str
) -> tuple[ReferralFile, Outcome]:
    """Ask municipalities what the referrals ask, each by itself.

    One that was handed in before is known and makes no second request. Raises NotAllowedError for
    anybody but the main contractor's care staff.
    """
    policies.check_can_manage_care(scope, scope.main_contractor_id)
    outcome = _carried_out(scope, referrals)
    file = ReferralFile.objects.create(
        main_contractor_id=scope.main_contractor_id,
        source=source,
        handed_in_at=scope.at,
        taken_count=outcome.taken,
        known_count=outcome.known,
        refused_count=len(outcome.refused),
    )
    _keep(file, outcome.refused)
    audit.record(
        scope, "referral_file.handed_in", file, taken=outcome.taken, refused=len(outcome.refused)
    )
    return file, outcome


def _keep(file: ReferralFile, refused: Iterable[HandedIn]) -> None:
    RefusedReferralRow.objects.bulk_create(
        RefusedReferralRow(
            file=file,
            line=line.number,
            cells=json.dumps([line.cells[name] for name in COLUMNS]),
            column=line.faults[0].column,
            rule=line.faults[0].rule,
            text=_told(line.faults),
        )
        for one in refused
        for line in one.lines
    )


def _told(faults: Sequence[Fault]) -> str:
    """The one thing that is wrong, or all of them with their columns."""
    if len(faults) == 1:
        return faults[0].text
    return " ".join(f"{fault.column}: {fault.text} ({fault.rule})" for fault in faults)


def _carried_out(scope: Scope, referrals: Sequence[HandedIn]) -> Outcome:
    # Two files at once with the same referral: the second waits, and finds it known. A lock that
    # does not keep others from referring to this row.
    MainContractor.objects.select_for_update(no_key=True).get(pk=scope.main_contractor_id)
    known = known_requests(scope, [one.said.reference for one in referrals if one.said])
    catalogue = Catalogue(scope)
    results = []
    for one in referrals:
        result = _taken(scope, one, catalogue, known)
        if result.request is not None:
            known[one.reference] = result.request
        results.append(result)
    return Outcome(results)


def _taken(
    scope: Scope, one: HandedIn, catalogue: Catalogue, known: Mapping[str, CareRequest]
) -> Result:
    """Make the request that a referral asks for, unless it is known or cannot be."""
    if one.said is None:
        return Result(one)
    if (request := known.get(one.said.reference)) is not None:
        if catalogue.says_the_same(request, one.said):
            return Result(one, request, is_known=True)
        text = _(
            "This reference was handed in before with something else. Use a new reference, or ask"
            " for a change on the page of the allocation."
        )
        return Result(one.refused((0, Fault("kenmerk", "VWZ-16", text))))
    if faults := list(catalogue.faults(one.said)):
        return Result(one.refused(*faults))
    return _requested(scope, one, _draft(one.said, catalogue))


def _requested(scope: Scope, one: HandedIn, draft: requests.RequestDraft) -> Result:
    try:
        with transaction.atomic():
            request = requests.request_allocation(
                scope=scope, main_contractor_id=scope.main_contractor_id, draft=draft
            )
    except RuleError as refusal:
        text = refusal.message.removesuffix(f" ({refusal.code})")
        fault = Fault(_COLUMN_OF.get(refusal.code, "kenmerk"), refusal.code, text)
        place = _uncovered(scope, draft) if refusal.code == _UNCOVERED else 0
        return Result(one.refused((place, fault)))
    except (DomainError, IntegrityError):
        # Somebody asks for the same client in the portal at this very moment.
        text = _("Somebody else is asking something for this client. Hand it in again.")
        return Result(one.refused((0, Fault("kenmerk", "VWZ-18", text))))
    return Result(one, request)


def _uncovered(scope: Scope, draft: requests.RequestDraft) -> int:
    """In which row the first product stands that no contract covers."""
    uncovered = (
        place
        for place, asked in enumerate(draft.products)
        if not requests.is_covered(
            scope, scope.main_contractor_id, draft.municipality, asked.product, asked.start_date
        )
    )
    return next(uncovered, 0)


def _draft(said: ReferralDetails, catalogue: Catalogue) -> requests.RequestDraft:
    referral = requests.Referral(
        type=said.referrer_type, agb=said.referrer_agb, name=said.referrer_name
    )
    return requests.RequestDraft(
        person=PersonDetails(
            bsn=said.bsn,
            surname=said.surname,
            prefix=said.prefix,
            initials=said.initials,
            birth_date=said.birth_date,
            sex=said.sex,
        ),
        municipality=catalogue.municipalities[said.municipality],
        products=[
            requests.ProductDraft(
                product=product,
                start_date=asked.start_date,
                end_date=asked.end_date,
                volume=asked.volume,
                # Of a budget there are no units.
                unit=product.unit if asked.volume else "",
                frequency=asked.frequency,
                budget=asked.budget,
                referral=referral,
            )
            for asked, product in catalogue.products_of(said)
        ],
        guardian_known=said.guardian_known,
        comment=said.comment,
        referral_reference=said.reference,
    )
