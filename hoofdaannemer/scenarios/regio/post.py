"""The post: what is handed in, and who answers what goes out.

Municipalities answer every 305, 307, 315 and 317 the same day; the large subcontractors' own
software fetches its mailbox and answers each relayed 301.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hoofdaannemer.core.scope import Scope
from hoofdaannemer.scenarios.municipality import Municipality
from hoofdaannemer.scenarios.regio.office import Office
from hoofdaannemer.scenarios.regio.parties import Party
from messaging.exchange import content
from messaging.exchange.services import intake, outtray
from messaging.istandaard import Finding, answer, parse, serialize
from messaging.models import IncomingMessage, Leg, OutgoingMessage
from subcontracts.models import Allocation, UpwardReport

ANSWERED_UP = ("305", "307", "315", "317")


@dataclass
class Post:
    """The traffic with everybody outside."""

    office: Office
    #: By (CBS code, family).
    municipalities: dict[tuple[str, str], Municipality]
    municipality_ids: dict[str, int]
    software: dict[int, Party] = field(default_factory=dict)
    #: Allocation numbers about which the municipality answers nothing.
    silent: set[int] = field(default_factory=set)
    _returns: int = 0

    def from_municipality(self, code: str, raw: bytes, at: datetime) -> IncomingMessage:
        """Hand in a message of a municipality and judge it."""
        scope = self.office.nobody(at)
        row = intake.receive(
            scope=scope,
            raw=raw,
            main_contractor_id=self.office.main_contractor_id,
            leg=Leg.UP,
            source=IncomingMessage.Source.FOLDER,
            municipality_id=self.municipality_ids[code],
        )
        return intake.handle(scope=scope, message_id=row.pk)

    def from_software(self, party: Party, raw: bytes, at: datetime) -> IncomingMessage:
        """Hand in a message of a subcontractor's own software and judge it."""
        scope = self.office.nobody(at)
        row = intake.receive(
            scope=scope,
            raw=raw,
            main_contractor_id=self.office.main_contractor_id,
            leg=Leg.DOWN,
            source=IncomingMessage.Source.MAILBOX,
            organisation_id=party.organisation.pk,
        )
        return intake.handle(scope=scope, message_id=row.pk)

    def empty(self, at: datetime) -> None:
        """Deliver everything that waits, and hand in the answers to it."""
        scope = self.office.nobody(at)
        waiting = list(
            OutgoingMessage.objects.visible_to(scope)
            .filter(
                state=OutgoingMessage.State.WAITING,
                main_contractor=self.office.main_contractor_id,
            )
            .select_related("municipality")
            .order_by("pk")
        )
        for row in waiting:
            if row.leg == Leg.UP:
                self._to_municipality(scope, row, at)
            elif row.provider_organisation_id in self.software:
                self._to_software(scope, row, at)

    def _to_municipality(self, scope: Scope, row: OutgoingMessage, at: datetime) -> None:
        outtray.deliver(scope=scope, message_id=row.pk)
        if row.message_type in ANSWERED_UP and row.municipality and not self._is_silent(row):
            code = row.municipality.code
            town = self.municipalities[code, row.family]
            self.from_municipality(code, town.reply(content.opened(row), at.date()), at)

    def _is_silent(self, row: OutgoingMessage) -> bool:
        return UpwardReport.objects.filter(message=row, allocation__number__in=self.silent).exists()

    def refuse_start(self, number: int, at: datetime) -> None:
        """Have the municipality return the start of an allocation: it does not know the number."""
        scope = self.office.nobody(at)
        allocation = Allocation.objects.visible_to(scope).get(
            main_contractor=self.office.main_contractor_id, number=number
        )
        report = allocation.upward_reports.get().message
        if report is None:
            raise LookupError("the start was told before the care was taken over")
        outtray.deliver(scope=scope, message_id=report.pk)
        code = allocation.municipality.code
        path = "/Bericht/Client/StartProducten/StartProduct[1]"
        wrong = Finding("TR019", "9019", path, "")
        town = self.municipalities[code, report.family]
        raw = town.refuse(content.opened(report), at.date(), wrong)
        self.from_municipality(code, raw, at)

    def _to_software(self, scope: Scope, row: OutgoingMessage, at: datetime) -> None:
        party = self.software[row.provider_organisation_id or 0]
        outtray.take(scope=scope, message_id=row.pk)
        if row.message_type == "301":
            self._returns += 1
            message = parse(content.opened(row)).message
            if message is None:
                raise ValueError("the relayed allocation cannot be read")
            reply = answer(message, [], identification=f"R{self._returns:010d}", date=at.date())
            self.from_software(party, serialize(reply), at)
