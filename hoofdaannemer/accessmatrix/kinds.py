"""What kind of object an address names, and whose it is: told apart by owner columns.

The kind follows from the beginning of the address's name: `placement_accept` is about a
placement. Whose an object is does not come from `visible_to`, which is what the matrix tests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Model, Q

from billing import models as billing
from hoofdaannemer.accountability import models as accountability
from hoofdaannemer.accounts import models as accounts
from hoofdaannemer.core.scope import CARE, STAFF, SUBCONTRACTOR, Role, Scope
from messaging import models as messaging
from qualifications import models as qualifications
from subcontracts import models as subcontracts

Owner = Callable[[Scope], Q]


@dataclass(frozen=True, eq=False)
class Kind:
    """A model, and conditions for what is a role's own; roles without one never read it.

    Each is one of KINDS, and equal to itself only.
    """

    model: type[Model]
    own: Mapping[Role, Owner]
    #: A login may have none: it comes into being by logging in, or is for own teams alone.
    may_be_absent: bool = False

    def of(self, scope: Scope) -> Any:
        """Objects that are the scope's own."""
        condition = self.own.get(scope.role)
        rows = self.model._default_manager.order_by("-pk")
        return rows.filter(condition(scope)).distinct() if condition else rows.none()

    def of_others(self, scope: Scope) -> Any:
        """Objects that are not."""
        mine = self.of(scope).values("pk")
        return self.model._default_manager.exclude(pk__in=mine).order_by("-pk")


def _main(scope: Scope) -> Q:
    return Q(main_contractor=scope.main_contractor_id)


def _provider(scope: Scope) -> Q:
    return Q(provider_organisation=scope.organisation_id)


def _municipality(scope: Scope) -> Q:
    return Q(municipality=scope.municipality_id)


def _user(scope: Scope) -> Q:
    return Q(user=scope.user_id)


def _organisation(scope: Scope) -> Q:
    return Q(organisation=scope.organisation_id)


def _by(roles: frozenset[Role], owner: Owner) -> dict[Role, Owner]:
    return dict.fromkeys(sorted(roles), owner)


STAFF_OWN: Final = _by(STAFF, _main)
AUDITED: Final = _by(STAFF | {Role.AUDITOR}, _main)
CARE_OWN: Final = _by(CARE, _main)
#: Message types that a controller reads: declarations and their answers (docs/access.md).
DECLARATIONS: Final = ("323", "325")
OWNED: Final = STAFF_OWN | _by(SUBCONTRACTOR, _provider)
MESSAGES: Final = (
    _by(CARE | {Role.ADMINISTRATOR}, _main)
    | {Role.CONTROLLER: lambda scope: _main(scope) & Q(message_type__in=DECLARATIONS)}
    | _by(SUBCONTRACTOR, _provider)
)


def _relations(scope: Scope) -> Q:
    return Q(
        main_contractor__in=subcontracts.Subcontractor.objects.filter(
            provider_organisation=scope.organisation_id
        ).values("main_contractor")
    )


def _asked(through: str) -> Owner:
    return lambda scope: Q(**{f"{through}__provider_organisation": scope.organisation_id})


def _works_for(scope: Scope) -> Q:
    return Q(provider_organisation__main_contractor_links__main_contractor=scope.main_contractor_id)


def _managed(scope: Scope) -> Q:
    if scope.role == Role.ADMINISTRATOR:
        return Q(memberships__main_contractor=scope.main_contractor_id)
    return Q(memberships__organisation=scope.organisation_id)


def _appointed(scope: Scope) -> Q:
    return _main(scope) if scope.role == Role.ADMINISTRATOR else _organisation(scope)


_MONEY: Final = frozenset({Role.CONTRACT_MANAGER, Role.CONTROLLER})
_MANAGERS: Final = frozenset({Role.ADMINISTRATOR, Role.SUBCONTRACTOR_ADMIN})
#: First word or words of an address's name → kind; the longest that fits counts.
KINDS: Final[Mapping[str, Kind]] = {
    "client": Kind(
        subcontracts.Client,
        STAFF_OWN
        | _by(
            SUBCONTRACTOR,
            lambda scope: Q(accesses__provider_organisation=scope.organisation_id),
        ),
    ),
    "emergency": Kind(
        subcontracts.EmergencyAccess,
        _by(frozenset({Role.ADMINISTRATOR, Role.CONTRACT_MANAGER}), _main),
    ),
    "foreseen": Kind(subcontracts.ForeseenEnd, CARE_OWN),
    "decision": Kind(subcontracts.FormalDecision, CARE_OWN),
    "objection": Kind(subcontracts.Objection, CARE_OWN),
    "allocation": Kind(subcontracts.Allocation, STAFF_OWN),
    "request": Kind(subcontracts.CareRequest, OWNED),
    "reconciliation": Kind(subcontracts.Reconciliation, CARE_OWN),
    "difference": Kind(subcontracts.Difference, CARE_OWN),
    "notice": Kind(subcontracts.SubcontractNotice, OWNED),
    "care_import": Kind(subcontracts.CareImport, _by(_MONEY, _main)),
    "care_move": Kind(subcontracts.CareMove, CARE_OWN),
    "care_move_item": Kind(subcontracts.CareMoveItem, CARE_OWN),
    "placement": Kind(subcontracts.Placement, OWNED),
    "subcontractor": Kind(subcontracts.Subcontractor, OWNED),
    "demo_request": Kind(messaging.OutgoingMessage, CARE_OWN),
    "own_team": Kind(
        subcontracts.Subcontractor,
        _by(STAFF, lambda scope: _main(scope) & Q(is_own_team=True)),
    ),
    "channel_up": Kind(
        accounts.Municipality,
        _by(
            STAFF,
            lambda scope: Q(
                pk__in=subcontracts.ContractMunicipality.objects.filter(
                    main_contractor=scope.main_contractor_id
                ).values("municipality")
            ),
        ),
    ),
    "channel_down": Kind(
        subcontracts.Subcontractor,
        _by(
            STAFF,
            lambda scope: (
                _main(scope)
                & Q(is_own_team=False)
                & ~Q(provider_organisation__kind=accounts.Organisation.Kind.OFFICE)
            ),
        ),
    ),
    "subcontract": Kind(subcontracts.Subcontract, OWNED),
    "contract": Kind(subcontracts.Subcontract, OWNED),
    "index_round": Kind(subcontracts.IndexRound, _by(_MONEY, _main)),
    "index_scheme": Kind(subcontracts.IndexScheme, _by(_MONEY, _main)),
    "index_letter": Kind(
        subcontracts.IndexLetter, _by(_MONEY, _main) | _by(SUBCONTRACTOR, _provider)
    ),
    "municipal_contract": Kind(subcontracts.MunicipalContract, STAFF_OWN),
    "contract_option": Kind(subcontracts.ContractOption, STAFF_OWN),
    "reporting_duty": Kind(subcontracts.ReportingDuty, STAFF_OWN),
    "ceiling_signal": Kind(
        subcontracts.CeilingSignal, _by(_MONEY, _main) | _by(SUBCONTRACTOR, _provider)
    ),
    "ceiling_exemption": Kind(subcontracts.CeilingExemption, OWNED),
    "client_stop": Kind(subcontracts.ClientStop, OWNED),
    "buildup": Kind(subcontracts.TariffBuildup, STAFF_OWN),
    "parameter": Kind(subcontracts.BuildupParameter, STAFF_OWN),
    "announcement": Kind(
        subcontracts.Announcement, STAFF_OWN | _by(SUBCONTRACTOR, _asked("addressees"))
    ),
    # Each side keeps its own.
    "contact": Kind(
        subcontracts.SubjectContact,
        _by(STAFF, lambda scope: _main(scope) & Q(provider_organisation=None))
        | _by(SUBCONTRACTOR, _provider),
    ),
    "question": Kind(subcontracts.ClauseQuestion, OWNED),
    # In the canary scenario readings are in general: for everybody with a relation.
    "reading": Kind(subcontracts.ClauseReading, STAFF_OWN | _by(SUBCONTRACTOR, _relations)),
    "tariff_round": Kind(
        subcontracts.TariffRound, STAFF_OWN | _by(SUBCONTRACTOR, _asked("invitations"))
    ),
    "tariff_line": Kind(
        subcontracts.TariffRoundLine, STAFF_OWN | _by(SUBCONTRACTOR, _asked("invitations"))
    ),
    "tariff_reaction": Kind(subcontracts.TariffReaction, OWNED),
    "sunset": Kind(subcontracts.FundingSunset, OWNED),
    "extension": Kind(subcontracts.SubcontractOption, OWNED),
    "clause": Kind(subcontracts.SubcontractClause, OWNED),
    "product": Kind(subcontracts.Product, STAFF_OWN | _by(SUBCONTRACTOR, _relations)),
    "care_file": Kind(subcontracts.CareFile, _by(SUBCONTRACTOR, _provider)),
    "referral_file": Kind(subcontracts.ReferralFile, CARE_OWN),
    "placement_file": Kind(subcontracts.PlacementFile, _by(SUBCONTRACTOR, _provider)),
    "professional": Kind(
        subcontracts.Professional, _by(STAFF, _works_for) | _by(SUBCONTRACTOR, _provider)
    ),
    "funding_line": Kind(subcontracts.FundingLine, OWNED),
    "tariff": Kind(subcontracts.Tariff, OWNED),
    "version": Kind(subcontracts.SubcontractVersion, OWNED),
    "fte_report_open": Kind(subcontracts.FundingLine, OWNED),
    "fte_report_carry": Kind(subcontracts.FundingLine, OWNED),
    "forecast": Kind(billing.Forecast, STAFF_OWN),
    "forecast_warning": Kind(billing.ForecastWarning, STAFF_OWN),
    "own_team_report": Kind(billing.OwnTeamReport, OWNED, may_be_absent=True),
    "fte_report": Kind(billing.FteReport, OWNED),
    "message": Kind(messaging.IncomingMessage, MESSAGES),
    "envelope": Kind(messaging.HubEnvelope, _by(CARE | {Role.ADMINISTRATOR}, _main)),
    "copy": Kind(messaging.MessageCopy, _by(CARE | {Role.ADMINISTRATOR}, _main)),
    "sent_message": Kind(messaging.OutgoingMessage, MESSAGES),
    "mailbox_copy": Kind(messaging.MessageCopy, _by(CARE, _main)),
    "mailbox": Kind(messaging.OutgoingMessage, _by(SUBCONTRACTOR, _provider)),
    "evidence": Kind(qualifications.Evidence, OWNED),
    "requirement": Kind(qualifications.Requirement, STAFF_OWN | _by(SUBCONTRACTOR, _relations)),
    "declaration": Kind(billing.Declaration, OWNED),
    "declaration_file": Kind(billing.DeclarationFile, _by(SUBCONTRACTOR, _provider)),
    "office_file": Kind(
        billing.OfficeFile, {Role.OFFICE_USER: lambda scope: Q(office=scope.organisation_id)}
    ),
    "column_mapping": Kind(
        billing.ColumnMapping,
        _by(SUBCONTRACTOR, lambda scope: _provider(scope) & ~Q(layout__has_key="kind")),
    ),
    "fte_columns": Kind(
        billing.ColumnMapping,
        _by(SUBCONTRACTOR, lambda scope: _provider(scope) & Q(layout__kind="fte")),
    ),
    "upward_declaration": Kind(billing.UpwardDeclaration, STAFF_OWN),
    "upward_settlement": Kind(billing.UpwardSettlement, STAFF_OWN),
    "upward_line": Kind(billing.UpwardLine, STAFF_OWN),
    "upward_month": Kind(subcontracts.ContractMunicipality, STAFF_OWN),
    "declared_line": Kind(billing.DeclaredLine, OWNED),
    "entitlement": Kind(billing.Entitlement, OWNED),
    "hold": Kind(billing.Hold, OWNED),
    "adjustment": Kind(billing.Adjustment, OWNED),
    "statement": Kind(billing.Statement, OWNED),
    "statement_line": Kind(billing.StatementLine, OWNED),
    "dispute": Kind(billing.Dispute, OWNED),
    "result": Kind(billing.TrajectoryResult, OWNED),
    "result_entry": Kind(billing.ResultEntry, OWNED),
    "recovery_plan": Kind(billing.RecoveryPlan, OWNED),
    "bank_report": Kind(billing.BankReport, STAFF_OWN),
    "bank_entry": Kind(billing.BankEntry, STAFF_OWN),
    "self_billing": Kind(billing.SelfBilling, OWNED),
    "invoice": Kind(billing.ReceivedInvoice, _by(_MONEY, _main)),
    "invoice_line": Kind(billing.InvoiceLine, _by(_MONEY, _main)),
    "invoice_finding": Kind(billing.InvoiceFinding, _by(_MONEY, _main)),
    "invoicing_party": Kind(billing.InvoicingParty, _by(_MONEY | CARE, _main)),
    "indication": Kind(billing.Indication, _by(_MONEY | CARE, _main)),
    "account_change": Kind(billing.AccountChange, OWNED),
    "settlement": Kind(billing.Settlement, OWNED),
    "production_statement": Kind(
        billing.ProductionStatement,
        STAFF_OWN | {Role.AUDITOR: lambda scope: _main(scope) & Q(status="locked")},
    ),
    "production_part": Kind(
        billing.ProductionPart,
        STAFF_OWN | _by(SUBCONTRACTOR, lambda scope: _provider(scope) & ~Q(state="draft")),
    ),
    "audit_opinion": Kind(billing.AuditOpinion, AUDITED),
    "audit_sample": Kind(billing.AuditSample, AUDITED),
    "drawn_line": Kind(billing.DrawnLine, AUDITED),
    "payment_run": Kind(billing.PaymentRun, STAFF_OWN),
    "payment": Kind(billing.Payment, OWNED),
    "month_run": Kind(billing.MonthRun, STAFF_OWN),
    "what_if": Kind(billing.WhatIf, STAFF_OWN),
    "what_if_result": Kind(billing.WhatIfResult, STAFF_OWN),
    "report": Kind(accountability.Report, STAFF_OWN),
    "release": Kind(accountability.Release, STAFF_OWN | {Role.MUNICIPAL_VIEWER: _municipality}),
    "user": Kind(accounts.User, _by(_MANAGERS, _managed)),
    "role_give": Kind(accounts.User, _by(_MANAGERS, _managed)),
    "role": Kind(accounts.Membership, _by(_MANAGERS, _appointed)),
    "invitation": Kind(accounts.Membership, _by(_MANAGERS, _appointed)),
    "office_mandate": Kind(
        accounts.OfficeMandate,
        _by(_MONEY, _works_for)
        | _by(SUBCONTRACTOR, _provider)
        | {Role.OFFICE_USER: lambda scope: Q(office=scope.organisation_id)},
    ),
    "access_key": Kind(accounts.AccessKey, _by(frozenset({Role.ADMINISTRATOR}), _main)),
    "token": Kind(accounts.ApiToken, {Role.SUBCONTRACTOR_ADMIN: _organisation}),
    "session": Kind(accounts.OpenSession, _by(frozenset(Role), _user), may_be_absent=True),
}


def kind_of(name: str) -> Kind:
    """The kind of object that an address names. Raises LookupError where none fits."""
    fitting = [prefix for prefix in KINDS if name == prefix or name.startswith(f"{prefix}_")]
    if not fitting:
        raise LookupError(f"which kind of object does {name} name? Add it to accessmatrix.kinds")
    return KINDS[max(fitting, key=len)]
