"""The matrix itself: one row an address, login and object, with the answer it must give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Final

from django.db.models import Q
from django.urls import URLPattern, reverse
from django.utils import timezone

from billing.models import PaymentRun
from hoofdaannemer.accessmatrix import tables
from hoofdaannemer.accessmatrix.kinds import Kind, kind_of
from hoofdaannemer.accessmatrix.logins import STRANGER, Login, logins
from hoofdaannemer.accountability.models import Report
from hoofdaannemer.core.periods import Month
from hoofdaannemer.core.scope import Role
from qualifications.models import Evidence
from subcontracts.models import (
    AllocatedBy,
    CareImport,
    CareMove,
    CareMoveItem,
    CareRequest,
    ClauseQuestion,
    ClientStop,
    FundingLine,
    IndexRound,
    Placement,
    Subcontract,
    TariffBuildup,
    TariffRound,
)

OK, FORBIDDEN, NOT_FOUND = HTTPStatus.OK, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND
#: What a stranger gets where no table says otherwise: the way to the login page.
TO_LOGIN: Final = HTTPStatus.FOUND
#: Parts of an address that hold the key of an object.
OBJECT_KEYS: Final = frozenset({"pk", "line"})
#: A primary key that no row has.
ABSENT: Final = 2_000_000_000
_DRAFT: Final = Q(status=Subcontract.Status.DRAFT)
#: State of an object for which an action is meant, so that an own object gives the listed answer.
FITTING: Final[Mapping[str, Q]] = {
    "evidence_review": Q(outcome=Evidence.Outcome.AWAITING),
    "fte_report_open": Q(form=FundingLine.Form.FTE),
    "fte_report_carry": Q(form=FundingLine.Form.FTE),
    "fte_report_edit": Q(submitted_at=None),
    "own_team_report_edit": Q(submitted_at=None),
    "own_team_report_hand_in": Q(submitted_at=None),
    "bank_entry_settle": ~Q(oddity=""),
    "invoice_file": ~Q(file_name=""),
    "invoice_letter": Q(status="waiting"),
    "invoice_line_accept": Q(state="waiting"),
    "invoice_line_refuse": Q(state="waiting"),
    "invoice_finding_settle": Q(invoice_line=None, settled_at=None),
    "fte_report_confirm": Q(submitted_at=None),
    "payment_run_release": Q(status=PaymentRun.Status.PREPARED),
    "payment_run_cancel": Q(status=PaymentRun.Status.PREPARED),
    "payment_run_file": Q(status=PaymentRun.Status.RELEASED),
    "report_narrative": Q(status=Report.Status.DRAFT),
    "report_review": Q(status=Report.Status.DRAFT),
    "index_round_decide": Q(status=IndexRound.Status.DRAFT),
    "index_round_withdraw": Q(status=IndexRound.Status.DRAFT),
    "index_round_take_out": Q(status=IndexRound.Status.DRAFT),
    "index_round_put_back": Q(status=IndexRound.Status.DRAFT),
    "index_round_undo": Q(status=IndexRound.Status.DECIDED),
    "index_round_letters": Q(status=IndexRound.Status.DECIDED),
    "care_import_confirm": Q(status=CareImport.Status.CHECKED),
    "care_import_discard": Q(status=CareImport.Status.CHECKED),
    "care_import_wrong": Q(status=CareImport.Status.CHECKED),
    "care_import_accept": Q(status=CareImport.Status.DONE),
    "care_move_choose": Q(status=CareMove.Status.DRAFT),
    "care_move_confirm": Q(status=CareMove.Status.DRAFT),
    "care_move_discard": Q(status=CareMove.Status.DRAFT),
    "care_move_retry": Q(status=CareMove.Status.REMAINDER),
    "care_move_item_settle": Q(status__in=CareMoveItem.REMAINING),
    "contract_option_decide": Q(outcome=""),
    "funding_line_sunset": ~Q(end_date=None),
    "sunset_evaluate": Q(follow_up="evaluation"),
    "sunset_continue": Q(follow_up="line", next_line=None),
    "extension_decide": Q(outcome=""),
    "extension_remove": Q(outcome=""),
    "request_send": Q(status=CareRequest.Status.RECEIVED),
    "request_grant": Q(status=CareRequest.Status.RECEIVED),
    "allocation_decide": Q(origin=AllocatedBy.MANDATE),
    "allocation_delete": Q(origin=AllocatedBy.MANDATE),
    "request_dismiss": Q(status=CareRequest.Status.RECEIVED),
    "request_decision": Q(status__in=[CareRequest.Status.RECEIVED, CareRequest.Status.SENT]),
    "decision_detail": Q(replaced_by=None),
    "subcontract_detail": ~_DRAFT,
    "subcontract_messages": ~_DRAFT,
    "subcontract_text": ~_DRAFT,
    "subcontract_change": _DRAFT,
    "subcontract_offer": _DRAFT,
    "subcontract_tariff_file": _DRAFT,
    "subcontract_withdraw": Q(status=Subcontract.Status.OFFERED),
    "subcontract_sign": Q(status=Subcontract.Status.OFFERED),
    "subcontract_start": Q(status=Subcontract.Status.SIGNED),
    "subcontract_notice": Q(status__in=Subcontract.RUNNING),
    "subcontract_notice_withdraw": Q(status__in=Subcontract.RUNNING),
    "subcontract_close": Q(status__in=Subcontract.RUNNING),
    "office_mandate_document": Q(document__isnull=False),
    "notice_letter": ~Q(letter=b""),
    "subcontract_amend": Q(status__in=Subcontract.RUNNING),
    "subcontract_consent": ~Q(status=Subcontract.Status.ENDED),
    "subcontract_consent_withdraw": ~Q(status=Subcontract.Status.ENDED),
    "subcontract_client_stop": Q(status__in=Subcontract.RUNNING),
    "subcontract_ceiling_exemption": ~Q(status=Subcontract.Status.ENDED),
    "buildup_parameter_new": Q(status=TariffBuildup.Status.DRAFT),
    "buildup_settle": Q(status=TariffBuildup.Status.DRAFT),
    "buildup_withdraw": Q(status=TariffBuildup.Status.DRAFT),
    "parameter_change": Q(buildup__status=TariffBuildup.Status.DRAFT),
    "parameter_remove": Q(buildup__status=TariffBuildup.Status.DRAFT),
    "question_answer": Q(status=ClauseQuestion.Status.OPEN),
    "question_publish": Q(status=ClauseQuestion.Status.ANSWERED),
    "tariff_round_open": Q(status=TariffRound.Status.DRAFT),
    "tariff_round_extend": Q(status=TariffRound.Status.OPEN),
    "tariff_round_decide": Q(status=TariffRound.Status.SUBMITTED),
    "tariff_round_take_back": Q(status=TariffRound.Status.SUBMITTED),
    "tariff_round_undo": Q(status=TariffRound.Status.DECIDED),
    "client_stop_decide": Q(status=ClientStop.Status.ASKED),
    "client_stop_end": Q(status=ClientStop.Status.ASKED),
    "funding_line_amounts": ~Q(subcontract__status=Subcontract.Status.DRAFT),
    "funding_line_assess": Q(form=FundingLine.Form.BONUS),
    "settlement_signed": ~Q(paper_reason=""),
    "result_entry_file": ~Q(file_name=""),
    "recovery_plan_signed": ~Q(paper_reason=""),
    "funding_line_change": Q(subcontract__status=Subcontract.Status.DRAFT),
    "funding_line_remove": Q(subcontract__status=Subcontract.Status.DRAFT),
    "tariff_remove": Q(subcontract__status=Subcontract.Status.DRAFT),
    "version_text": ~Q(subcontract__status=Subcontract.Status.DRAFT),
    "version_signed": ~Q(signed_on=None),
    "placement_start": Q(status=Placement.Status.ACCEPTED),
    "placement_stop": Q(status=Placement.Status.ACCEPTED),
    "placement_accept": Q(status=Placement.Status.OFFERED),
    "placement_decline": Q(status=Placement.Status.OFFERED),
}


@dataclass(frozen=True)
class Row:
    """One request and the answer it must give; `whose` is own, other, absent or nothing."""

    name: str
    url: str
    method: str
    role: Role
    login: str
    status: int
    whose: str = ""


class Holdings:
    """Every login, or the one with this e-mail address, and what is its own of each kind.

    Asked of the database once, for many addresses are about the same kind.
    """

    def __init__(self, email: str = "") -> None:
        self.scopes = {login: login.scope() for login in logins() if email in ("", login.email)}
        self._own: dict[tuple[Kind, Login], int | None] = {}
        self._other: dict[tuple[Kind, Login], int | None] = {}

    def own(self, kind: Kind, login: Login) -> int | None:
        """The newest of its own; None where it has none."""
        if (kind, login) not in self._own:
            mine = kind.of(self.scopes[login])
            self._own[kind, login] = mine.values_list("pk", flat=True).first()
        return self._own[kind, login]

    def fitting(self, kind: Kind, login: Login, condition: Q) -> int | None:
        """The newest of its own that fits the condition; where none does, the newest.

        Another gives a refusal in words, which is an answer to an allowed role too.
        """
        newest = self.own(kind, login)
        if newest is None or not condition:
            return newest
        mine = kind.of(self.scopes[login]).filter(condition)
        found: int | None = mine.values_list("pk", flat=True).first()
        return newest if found is None else found

    def other(self, kind: Kind, login: Login) -> int | None:
        """The newest that is not its own."""
        if (kind, login) not in self._other:
            others = kind.of_others(self.scopes[login])
            self._other[kind, login] = others.values_list("pk", flat=True).first()
        return self._other[kind, login]


def rows(
    only: Iterable[str] | None = None, *, email: str = "", known: Holdings | None = None
) -> Iterator[Row]:
    """The matrix of these addresses, or of all, in the order of their names.

    With an e-mail address, of that login alone, beside who has not logged in. Who asks often passes
    what is `known` of the logins, while the data stays the same.

    Needs the scenario canary, and a transaction in which the system acts. Raises LookupError for
    an address that stands in no table, or a role without an object of its own.
    """
    access, patterns = tables.access(), tables.patterns()
    everybody = Holdings(email) if known is None else known
    for name in sorted(only) if only is not None else sorted(patterns):
        if name not in access:
            raise LookupError(f"who may open {name}? Add it to hoofdaannemer.accessmatrix")
        method, allowed = access[name]
        yield from _rows_of(_Address(name, method, allowed, patterns[name]), everybody)


@dataclass(frozen=True)
class _Address:
    name: str
    method: str
    allowed: Mapping[Role, int]
    pattern: URLPattern

    @property
    def keys(self) -> list[str]:
        return list(self.pattern.pattern.converters) or _groups(self.pattern)

    @property
    def names_object(self) -> bool:
        """Whether the address holds the key of an object."""
        return any(key in OBJECT_KEYS for key in self.keys)

    def url(self, pk: int | None = None) -> str:
        known = _fixed()
        return reverse(
            self.name,
            kwargs={key: pk if key in OBJECT_KEYS else known[key] for key in self.keys},
        )

    def row(self, login: Login, status: int, pk: int | None = None, whose: str = "") -> Row:
        return Row(
            self.name, self.url(pk), self.method, login.role, login.email, int(status), whose
        )


def _groups(pattern: URLPattern) -> list[str]:
    regex: Any = getattr(pattern.pattern, "regex", None)
    return list(regex.groupindex) if regex is not None else []


def _fixed() -> Mapping[str, object]:
    """What stands in addresses besides the key of an object; the month is the last whole one."""
    month = Month.of(timezone.localdate()).previous()
    return {
        "token": "geen-uitnodiging",
        "reference": "geen-kenmerk",
        "uid": "Mg",
        "key": "geen-post",
        "month": str(month),
        "year": month.year,
        "kind": "pdf",
        "table_kind": "csv",
        "code": "KWARTAAL",
        "family": "jw",
        "kvk": "00000000",
        # Made by hand below and above.
        "message_type": "jw315",
        "form_code": FundingLine.Form.TRAJECTORY,
        "rest": "nergens",
    }


def _rows_of(address: _Address, everybody: Holdings) -> Iterator[Row]:
    stranger = address.allowed.get(tables.ANONYMOUS, TO_LOGIN)
    if not address.names_object:
        yield address.row(STRANGER, stranger)
        for login in everybody.scopes:
            yield address.row(login, address.allowed.get(login.role, FORBIDDEN))
        return
    kind = kind_of(address.name)
    anything = kind.model._default_manager.order_by("-pk").values_list("pk", flat=True).first()
    yield address.row(STRANGER, stranger, anything or ABSENT)
    for login in everybody.scopes:
        yield from _rows_about(address, kind, login, everybody)


def _rows_about(address: _Address, kind: Kind, login: Login, everybody: Holdings) -> Iterator[Row]:
    expected = address.allowed.get(login.role)
    other = everybody.other(kind, login)
    if expected is None or expected >= HTTPStatus.BAD_REQUEST:
        # Refused whatever the object is.
        for pk, whose in ((everybody.own(kind, login), "own"), (other, "other")):
            if pk is not None:
                yield address.row(login, expected or FORBIDDEN, pk, whose)
        return
    own = everybody.fitting(kind, login, FITTING.get(address.name, Q()))
    if own is not None:
        yield address.row(login, expected, own, "own")
    elif not kind.may_be_absent:
        raise LookupError(f"{login.email} has nothing of its own for {address.name}")
    if other is not None:
        yield address.row(login, NOT_FOUND, other, "other")
    yield address.row(login, NOT_FOUND, ABSENT, "absent")
