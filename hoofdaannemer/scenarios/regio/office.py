"""The people of the scenario who act in the past: scopes by role."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from hoofdaannemer.accounts.models import OfficeMandate
from hoofdaannemer.accounts.selectors import scope_under
from hoofdaannemer.core.scope import Role, Scope, system
from hoofdaannemer.scenarios.regio.parties import Party


@dataclass
class Office:
    """User ids of those who act for the main contractor, and for organisations by their id."""

    main_contractor_id: int
    coordinator: int
    managers: tuple[int, int]
    officer: int
    controllers: tuple[int, int]
    providers: dict[int, int] = field(default_factory=dict)
    #: Who of an administration office acts for organisations, by id, under which mandates.
    administrator: int = 0
    mandates: dict[int, OfficeMandate] = field(default_factory=dict)

    def coordinating(self, at: datetime) -> Scope:
        """The care coordinator."""
        return self._staff(Role.CARE_COORDINATOR, self.coordinator, at)

    def managing(self, at: datetime, *, second: bool = False) -> Scope:
        """The contract manager, or the second one who decides."""
        return self._staff(Role.CONTRACT_MANAGER, self.managers[1 if second else 0], at)

    def judging(self, at: datetime) -> Scope:
        """The quality officer."""
        return self._staff(Role.QUALITY_OFFICER, self.officer, at)

    def controlling(self, at: datetime, *, second: bool = False) -> Scope:
        """The controller, or the second one who releases."""
        return self._staff(Role.CONTROLLER, self.controllers[1 if second else 0], at)

    def at(self, party: Party, at: datetime) -> Scope:
        """Somebody of a subcontractor or own team."""
        organisation = party.organisation.pk
        return Scope(
            role=Role.SUBCONTRACTOR_USER,
            user_id=self.providers.get(organisation, 0),
            organisation_id=organisation,
            at=at,
        )

    def declaring(self, party: Party, at: datetime) -> Scope:
        """Who declares for a subcontractor: itself, or its administration office."""
        mandate = self.mandates.get(party.organisation.pk)
        if mandate is None:
            return self.at(party, at)
        return scope_under(mandate, self.administrator, at)

    def nobody(self, at: datetime) -> Scope:
        """Work without a person."""
        return system(at, main_contractor_id=self.main_contractor_id)

    def _staff(self, role: Role, user: int, at: datetime) -> Scope:
        return Scope(role=role, user_id=user, main_contractor_id=self.main_contractor_id, at=at)
