"""The rows of the chain from contract to delivery, split by noun."""

from subcontracts.models.allocations import Allocation, AllocationVersion
from subcontracts.models.announcements import (
    Announcement,
    AnnouncementAddressee,
    ReadConfirmation,
)
from subcontracts.models.authorities import AllocatedBy, Authority
from subcontracts.models.buildups import BuildupParameter, TariffBuildup
from subcontracts.models.care_imports import CareImport, CareImportFault, CareImportRow
from subcontracts.models.carefiles import CareFile, PlacementFile, RefusedRow
from subcontracts.models.ceiling_exemptions import CeilingExemption
from subcontracts.models.ceiling_signals import CeilingSignal
from subcontracts.models.changes import ChangedProduct, RequestedChange
from subcontracts.models.clauses import SubcontractClause
from subcontracts.models.client_stops import ClientStop
from subcontracts.models.clients import Client, ClientAccess, EmergencyAccess
from subcontracts.models.consents import SubcontractConsent
from subcontracts.models.consortia import Consortium, ConsortiumMember
from subcontracts.models.contacts import SubjectContact
from subcontracts.models.contract_ceilings import ContractCeiling
from subcontracts.models.contract_products import ContractProduct, CoversOn, ProductTurn
from subcontracts.models.contracts import (
    FundingLine,
    FundingLineProduct,
    MunicipalContract,
    Subcontract,
    Tariff,
)
from subcontracts.models.deadlines import Deadline
from subcontracts.models.decisions import FormalDecision, Objection
from subcontracts.models.deliveries import DeliveryStart, DeliveryStop, UpwardReport
from subcontracts.models.exchange_terms import ExchangeTerms
from subcontracts.models.extensions import SubcontractOption
from subcontracts.models.foreseen import ForeseenEnd
from subcontracts.models.index_rounds import (
    IndexLetter,
    IndexPercent,
    IndexRound,
    IndexRoundLine,
)
from subcontracts.models.indexing import (
    IndexFigure,
    IndexScheme,
    IndexSeries,
    IndexTerms,
    IndexWeight,
    SubcontractIndexing,
)
from subcontracts.models.links import MessageLink
from subcontracts.models.moves import CareMove, CareMoveItem
from subcontracts.models.municipal_changes import (
    BudgetFormChange,
    MunicipalChange,
    RelayConsent,
)
from subcontracts.models.municipalities import (
    ContractMunicipality,
    MunicipalDivision,
    MunicipalShare,
    ShareOn,
)
from subcontracts.models.notices import SubcontractNotice
from subcontracts.models.parties import Product, Professional, Subcontractor
from subcontracts.models.placements import Placement, PlacementProfessional
from subcontracts.models.purposes import MessagePurpose, Steers
from subcontracts.models.questions import ClauseQuestion, ClauseReading
from subcontracts.models.reconciliations import Difference, Reconciliation
from subcontracts.models.referrals import ReferralFile, RefusedReferralRow
from subcontracts.models.relays import RelayMode
from subcontracts.models.requests import CareRequest, RequestedProduct
from subcontracts.models.residences import ClientResidence
from subcontracts.models.sunsets import FundingSunset
from subcontracts.models.tariff_rounds import (
    TariffChange,
    TariffInvitation,
    TariffReaction,
    TariffRound,
    TariffRoundLine,
)
from subcontracts.models.upward_budgets import BudgetAdjuster, BudgetBasis, BudgetYear, DecisionPlan
from subcontracts.models.upward_dates import ContractOption, ReportHandedIn, ReportingDuty
from subcontracts.models.upward_tariffs import UpwardTariff
from subcontracts.models.upward_terms import MunicipalTermsVersion
from subcontracts.models.versions import SubcontractVersion

__all__ = [
    "AllocatedBy",
    "Allocation",
    "AllocationVersion",
    "Announcement",
    "AnnouncementAddressee",
    "Authority",
    "BudgetAdjuster",
    "BudgetBasis",
    "BudgetFormChange",
    "BudgetYear",
    "BuildupParameter",
    "CareFile",
    "CareImport",
    "CareImportFault",
    "CareImportRow",
    "CareMove",
    "CareMoveItem",
    "CareRequest",
    "CeilingExemption",
    "CeilingSignal",
    "ChangedProduct",
    "ClauseQuestion",
    "ClauseReading",
    "Client",
    "ClientAccess",
    "ClientResidence",
    "ClientStop",
    "Consortium",
    "ConsortiumMember",
    "ContractCeiling",
    "ContractMunicipality",
    "ContractOption",
    "ContractProduct",
    "CoversOn",
    "Deadline",
    "DecisionPlan",
    "DeliveryStart",
    "DeliveryStop",
    "Difference",
    "EmergencyAccess",
    "ExchangeTerms",
    "ForeseenEnd",
    "FormalDecision",
    "FundingLine",
    "FundingLineProduct",
    "FundingSunset",
    "IndexFigure",
    "IndexLetter",
    "IndexPercent",
    "IndexRound",
    "IndexRoundLine",
    "IndexScheme",
    "IndexSeries",
    "IndexTerms",
    "IndexWeight",
    "MessageLink",
    "MessagePurpose",
    "MunicipalChange",
    "MunicipalContract",
    "MunicipalDivision",
    "MunicipalShare",
    "MunicipalTermsVersion",
    "Objection",
    "Placement",
    "PlacementFile",
    "PlacementProfessional",
    "Product",
    "ProductTurn",
    "Professional",
    "ReadConfirmation",
    "Reconciliation",
    "ReferralFile",
    "RefusedReferralRow",
    "RefusedRow",
    "RelayConsent",
    "RelayMode",
    "ReportHandedIn",
    "ReportingDuty",
    "RequestedChange",
    "RequestedProduct",
    "ShareOn",
    "Steers",
    "Subcontract",
    "SubcontractClause",
    "SubcontractConsent",
    "SubcontractIndexing",
    "SubcontractNotice",
    "SubcontractOption",
    "SubcontractVersion",
    "Subcontractor",
    "SubjectContact",
    "Tariff",
    "TariffBuildup",
    "TariffChange",
    "TariffInvitation",
    "TariffReaction",
    "TariffRound",
    "TariffRoundLine",
    "UpwardReport",
    "UpwardTariff",
]
