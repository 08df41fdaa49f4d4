"""Days of contracts, both ways, on which somebody must do or know something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hoofdaannemer.core.scope import Role, Scope
from hoofdaannemer.core.templatetags.core_format import date_long, days_of
from subcontracts.models import (
    ContractOption,
    FundingLine,
    FundingLineProduct,
    FundingSunset,
    IndexRound,
    IndexRoundLine,
    MunicipalContract,
    Subcontract,
    SubcontractConsent,
    SubcontractNotice,
    SubcontractOption,
)
from subcontracts.rules.notice import latest_notice
from subcontracts.selectors.coverage import gaps_of
from subcontracts.selectors.inactivity import without_care
from subcontracts.selectors.sunsets import follow_up_text
from subcontracts.selectors.upward_dates import open_reports
from subcontracts.worklist import WorkItem

#: A day stands on the work list from so long before it.
SOON: Final = timedelta(days=60)
#: Lines on the work list that a person can still oversee; what is late comes first.
MOST: Final = 50
WORK: Final = gettext_lazy("Dates of contracts")


class DateKind(StrEnum):
    """Of what sort a day is."""

    OPTION = "option"
    DECISION_ABOVE = "decision_above"
    OPTION_BELOW = "option_below"
    DECISION = "decision"
    NOTICE = "notice"
    END_ABOVE = "end_above"
    END_BELOW = "end_below"
    LINE = "line"
    GAP = "gap"
    CONSENT = "consent"
    SUNSET = "sunset"
    EVALUATION = "evaluation"
    REPORT = "report"
    INDEX = "index"
    WITHOUT_CARE = "without_care"


KINDS: Final[dict[DateKind, str | Promise]] = {
    DateKind.OPTION: gettext_lazy("option to announce"),
    DateKind.DECISION_ABOVE: gettext_lazy("option to decide on"),
    DateKind.OPTION_BELOW: gettext_lazy("option of a subcontract to announce"),
    DateKind.DECISION: gettext_lazy("option of a subcontract to decide on"),
    DateKind.NOTICE: gettext_lazy("last day for notice"),
    DateKind.END_ABOVE: gettext_lazy("municipal contract ends"),
    DateKind.END_BELOW: gettext_lazy("subcontract ends"),
    DateKind.LINE: gettext_lazy("funding line ends"),
    DateKind.GAP: gettext_lazy("first day without tariff or funding line"),
    DateKind.CONSENT: gettext_lazy("consent of the municipality ends"),
    DateKind.SUNSET: gettext_lazy("temporary funding ends"),
    DateKind.EVALUATION: gettext_lazy("temporary funding to evaluate"),
    DateKind.REPORT: gettext_lazy("report to hand in"),
    DateKind.INDEX: gettext_lazy("indexation takes effect"),
    DateKind.WITHOUT_CARE: gettext_lazy("may end for want of care"),
}
_MUST_ACT: Final = frozenset(
    {
        DateKind.OPTION,
        DateKind.OPTION_BELOW,
        DateKind.NOTICE,
        DateKind.GAP,
        DateKind.CONSENT,
        DateKind.REPORT,
        DateKind.SUNSET,
        DateKind.EVALUATION,
    }
)
_NOT_ENDED: Final = [one for one in Subcontract.Status if one != Subcontract.Status.ENDED]


@dataclass(frozen=True)
class ContractDate:
    """One day: what it is about, the municipal contract if it is about one, and where to go."""

    day: date
    kind: DateKind
    text: str
    url: str
    #: Key of the municipal contract, of a subcontract that above it; None for all.
    contract: int | None

    @property
    def must_act(self) -> bool:
        """Whether it is too late once the day has passed."""
        return self.kind in _MUST_ACT


def contract_dates(scope: Scope, *, first: date, until: date) -> list[ContractDate]:
    """All of them from a day up to and including another, in order of time.

    A report that is too late, an option that nobody decided on, a gap that lasts, and a contract
    that may end for want of care stay whatever `first` is.
    """
    below = _standing(scope)
    found = [
        *_options(scope),
        *_options_below(scope),
        *_ends_above(scope),
        *_below(scope, below),
        *_lines(scope),
        *_gaps(scope, below),
        *_consents(scope),
        *_sunsets(scope),
        *_reports(scope, until),
        *_indexation(scope),
        *_without_care(scope),
    ]
    stays = (
        *(DateKind.REPORT, DateKind.OPTION, DateKind.OPTION_BELOW),
        *(DateKind.GAP, DateKind.WITHOUT_CARE),
    )
    kept = [one for one in found if one.day <= until and (one.day >= first or one.kind in stays)]
    return sorted(kept, key=lambda one: (one.day, one.kind, one.text))


def _options(scope: Scope) -> Iterator[ContractDate]:
    rows = ContractOption.objects.visible_to(scope).filter(outcome="")
    for row in rows.select_related("contract"):
        text = _("%(contract)s: option %(number)s, %(months)s months") % {
            "contract": row.contract.name,
            "number": row.position,
            "months": row.months,
        }
        url = reverse("municipal_contract_duration", args=[row.contract_id])
        yield ContractDate(row.announce_by, DateKind.OPTION, text, url, row.contract_id)
        if row.decide_by is not None:
            yield ContractDate(row.decide_by, DateKind.DECISION_ABOVE, text, url, row.contract_id)


def _options_below(scope: Scope) -> Iterator[ContractDate]:
    """The next option of each subcontract: the day to announce it, and ours to decide on it."""
    rows = SubcontractOption.objects.visible_to(scope).open()
    earlier = SubcontractOption.objects.open().filter(
        subcontract=OuterRef("subcontract"), position__lt=OuterRef("position")
    )
    running = rows.filter(~Exists(earlier), subcontract__status__in=Subcontract.RUNNING)
    for row in running.select_related("subcontract__provider_organisation"):
        below = row.subcontract
        text = _("%(contract)s: option %(number)s, %(months)s months") % {
            "contract": f"{below.number} · {below.provider_organisation.name}",
            "number": row.position,
            "months": row.months,
        }
        url = reverse("subcontract_detail", args=[below.pk])
        above = below.municipal_contract_id
        yield ContractDate(row.announce_by, DateKind.OPTION_BELOW, text, url, above)
        if row.decide_by is not None:
            yield ContractDate(row.decide_by, DateKind.DECISION, text, url, above)


def _ends_above(scope: Scope) -> Iterator[ContractDate]:
    for row in MunicipalContract.objects.visible_to(scope).exclude(end_date=None):
        if row.end_date is not None:
            url = reverse("municipal_contract_duration", args=[row.pk])
            yield ContractDate(row.end_date, DateKind.END_ABOVE, row.name, url, row.pk)


def _standing(scope: Scope) -> list[Subcontract]:
    """Subcontracts that did not end, with whose they are."""
    rows = Subcontract.objects.visible_to(scope).filter(status__in=_NOT_ENDED)
    return list(rows.select_related("provider_organisation"))


def _below(scope: Scope, contracts: Sequence[Subcontract]) -> Iterator[ContractDate]:
    """Ends of subcontracts, and the last day on which notice takes effect at that end, if none was
    given yet.
    """
    standing = SubcontractNotice.objects.visible_to(scope).standing()
    given = set(standing.values_list("subcontract", flat=True))
    for row in contracts:
        if row.end_date is None:
            continue
        text = f"{row.number} · {row.provider_organisation.name}"
        url = reverse("subcontract_detail", args=[row.pk])
        above = row.municipal_contract_id
        yield ContractDate(row.end_date, DateKind.END_BELOW, text, url, above)
        if row.notice_months and row.pk not in given:
            last = latest_notice(row.end_date, row.notice_months)
            yield ContractDate(last, DateKind.NOTICE, text, url, above)


def _lines(scope: Scope) -> Iterator[ContractDate]:
    """Lines that end before their contract does, and that no other one follows.

    Not of which it is recorded what follows.
    """
    following = FundingLineProduct.objects.visible_to(scope).filter(
        subcontract=OuterRef("subcontract"),
        product=OuterRef("product"),
        start_date=OuterRef("funding_line__end_date") + timedelta(days=1),
    )
    own = FundingLineProduct.objects.visible_to(scope).filter(funding_line=OuterRef("pk"))
    rows = FundingLine.objects.visible_to(scope).filter(
        # A line without products of its own is followed by none.
        Exists(own.filter(~Exists(following))) | ~Exists(own),
        subcontract__status__in=_NOT_ENDED,
    )
    joined = ("subcontract", "subcontract__provider_organisation")
    for row in rows.filter(sunset=None).exclude(end_date=None).select_related(*joined):
        below = row.subcontract
        if row.end_date is not None and row.end_date != below.end_date:
            text = f"{below.number} · {below.provider_organisation.name}: {row.name}"
            url = reverse("subcontract_detail", args=[below.pk])
            above = below.municipal_contract_id
            yield ContractDate(row.end_date, DateKind.LINE, text, url, above)


def _gaps(scope: Scope, standing: Sequence[Subcontract]) -> Iterator[ContractDate]:
    """Days from which a product lacks a tariff or a line, while that lasts.

    Not of a draft, whose page says so; nor where a line ends, which has a day of its own.
    """
    contracts = {row.pk: row for row in standing if row.status != Subcontract.Status.DRAFT}
    for pk, gaps in gaps_of(contracts.values()).items():
        below = contracts[pk]
        url = reverse("subcontract_detail", args=[pk])
        for gap in gaps:
            if gap.lasts_on(scope.today) and not gap.follows_line:
                text = f"{below.number} · {below.provider_organisation.name}: {gap.text}"
                above = below.municipal_contract_id
                yield ContractDate(gap.period.start, DateKind.GAP, text, url, above)


def _consents(scope: Scope) -> Iterator[ContractDate]:
    """Last days of consents that end before the contract does and that no other one follows."""
    rows = SubcontractConsent.objects.visible_to(scope).filter(
        subcontract__status__in=_NOT_ENDED, withdrawn_from=None
    )
    goes_on = SubcontractConsent.objects.filter(
        Q(end_date=None) | Q(end_date__gt=OuterRef("end_date")),
        subcontract=OuterRef("subcontract"),
        withdrawn_from=None,
        products=OuterRef("products"),
        municipalities=OuterRef("municipalities"),
    )
    ending = rows.exclude(end_date=None).filter(~Exists(goes_on))
    for row in ending.select_related("subcontract__provider_organisation"):
        below = row.subcontract
        if row.end_date is not None and row.end_date < (below.end_date or date.max):
            text = f"{below.number} · {below.provider_organisation.name}"
            url = reverse("subcontract_detail", args=[below.pk])
            above = below.municipal_contract_id
            yield ContractDate(row.end_date, DateKind.CONSENT, text, url, above)


def _sunsets(scope: Scope) -> Iterator[ContractDate]:
    """Temporary lines of which somebody must still make the next one, or hold the evaluation."""
    rows = FundingSunset.objects.visible_to(scope).open()
    running = rows.filter(subcontract__status__in=_NOT_ENDED)
    related = ("line", "next_line", "subcontract__provider_organisation")
    for row in running.select_related(*related):
        below = row.subcontract
        text = _("%(contract)s: %(line)s, then %(next)s") % {
            "contract": f"{below.number} · {below.provider_organisation.name}",
            "line": row.line.name,
            "next": follow_up_text(row),
        }
        url = reverse("subcontract_detail", args=[below.pk])
        above = below.municipal_contract_id
        if row.line.end_date is not None:
            yield ContractDate(row.line.end_date, DateKind.SUNSET, text, url, above)
        if row.evaluate_by is not None:
            yield ContractDate(row.evaluate_by, DateKind.EVALUATION, text, url, above)


def _reports(scope: Scope, until: date) -> Iterator[ContractDate]:
    for one in open_reports(scope, until=until):
        about = days_of(one.due.period.start, one.due.period.end)
        text = f"{one.duty.contract.name}: {one.duty.name} ({about})"
        url = reverse("municipal_contract_duties", args=[one.duty.contract_id])
        yield ContractDate(one.due.day, DateKind.REPORT, text, url, one.duty.contract_id)


def _indexation(scope: Scope) -> Iterator[ContractDate]:
    taking_part = IndexRoundLine.objects.taking_part().filter(round=OuterRef("pk"))
    rows = IndexRound.objects.visible_to(scope).filter(Exists(taking_part))
    for row in rows.filter(status__in=[IndexRound.Status.DRAFT, IndexRound.Status.DECIDED]):
        text = f"{row} ({row.get_status_display()})"
        url = reverse("index_round_detail", args=[row.pk])
        yield ContractDate(row.effective_date, DateKind.INDEX, text, url, None)


def _without_care(scope: Scope) -> Iterator[ContractDate]:
    for one in without_care(scope):
        below = one.subcontract
        text = _("%(contract)s: nobody in care since %(day)s") % {
            "contract": f"{below.number} · {below.provider_organisation.name}",
            "day": date_long(one.since),
        }
        url = reverse("subcontract_detail", args=[below.pk])
        above = below.municipal_contract_id
        yield ContractDate(one.may_end_from, DateKind.WITHOUT_CARE, text, url, above)


def items(scope: Scope) -> Iterator[WorkItem]:
    """For the work list: what is due within sixty days. Indexation has items of its own."""
    if scope.role != Role.CONTRACT_MANAGER:
        return
    found = contract_dates(scope, first=scope.today, until=scope.today + SOON)
    for one in found[:MOST]:
        if one.kind is not DateKind.INDEX:
            yield WorkItem(
                kind=WORK,
                text=one.text,
                url=one.url,
                verb=_("Look at it"),
                due=one.day,
                detail=str(KINDS[one.kind]),
            )
