"""The rows of the money: from declared line to payment, split by noun."""

from billing.models.account_changes import AccountChange
from billing.models.adjustments import Adjustment
from billing.models.assessments import Assessment
from billing.models.audits import (
    AuditOpinion,
    AuditSample,
    AuditTerms,
    DrawnLine,
)
from billing.models.bank import BankEntry, BankReport
from billing.models.declaration_files import (
    ColumnMapping,
    DeclarationFile,
    DeclarationFileFinding,
)
from billing.models.declarations import (
    Declaration,
    DeclaredLine,
    LineFinding,
    MonthDraft,
    WorkerShare,
)
from billing.models.disputes import Dispute, DisputeEntry
from billing.models.entitlements import Entitlement, Hold, HoldHandover, TrajectoryStep
from billing.models.forecasts import Forecast, ForecastRow, ForecastWarning
from billing.models.fte import FteReport, FteReportRow, FteSignal
from billing.models.invoicing import EInvoice, SelfBilling, VatTreatment
from billing.models.office_files import OfficeFile, OfficeFileFinding, OfficeFilePart
from billing.models.own_teams import OwnTeamReport, OwnTeamRow
from billing.models.payments import Payment, PaymentRun, PaymentRunCheck, PaymentRunItem
from billing.models.production import (
    ProductionLine,
    ProductionPart,
    ProductionStatement,
)
from billing.models.received import (
    Indication,
    InvoiceFinding,
    InvoiceLine,
    InvoicingParty,
    ReceivedInvoice,
)
from billing.models.recovery import RecoveryPlan
from billing.models.results import ResultEntry, TrajectoryResult
from billing.models.runs import MonthRun
from billing.models.settlements import (
    PoolProduction,
    Settlement,
    SettlementEntry,
    SettlementRound,
)
from billing.models.statements import Statement, StatementLine
from billing.models.terms import InterestRate, PaymentTerm
from billing.models.totals import DeclaredTotal, EntitledTotal
from billing.models.unstated import UnstatedEntitlement
from billing.models.upward import UpwardContribution, UpwardDeclaration, UpwardLine
from billing.models.upward_settlements import UpwardSettlement
from billing.models.what_ifs import WhatIf, WhatIfResult

__all__ = [
    "AccountChange",
    "Adjustment",
    "Assessment",
    "AuditOpinion",
    "AuditSample",
    "AuditTerms",
    "BankEntry",
    "BankReport",
    "ColumnMapping",
    "Declaration",
    "DeclarationFile",
    "DeclarationFileFinding",
    "DeclaredLine",
    "DeclaredTotal",
    "Dispute",
    "DisputeEntry",
    "DrawnLine",
    "EInvoice",
    "EntitledTotal",
    "Entitlement",
    "Forecast",
    "ForecastRow",
    "ForecastWarning",
    "FteReport",
    "FteReportRow",
    "FteSignal",
    "Hold",
    "HoldHandover",
    "Indication",
    "InterestRate",
    "InvoiceFinding",
    "InvoiceLine",
    "InvoicingParty",
    "LineFinding",
    "MonthDraft",
    "MonthRun",
    "OfficeFile",
    "OfficeFileFinding",
    "OfficeFilePart",
    "OwnTeamReport",
    "OwnTeamRow",
    "Payment",
    "PaymentRun",
    "PaymentRunCheck",
    "PaymentRunItem",
    "PaymentTerm",
    "PoolProduction",
    "ProductionLine",
    "ProductionPart",
    "ProductionStatement",
    "ReceivedInvoice",
    "RecoveryPlan",
    "ResultEntry",
    "SelfBilling",
    "Settlement",
    "SettlementEntry",
    "SettlementRound",
    "Statement",
    "StatementLine",
    "TrajectoryResult",
    "TrajectoryStep",
    "UnstatedEntitlement",
    "UpwardContribution",
    "UpwardDeclaration",
    "UpwardLine",
    "UpwardSettlement",
    "VatTreatment",
    "WhatIf",
    "WhatIfResult",
    "WorkerShare",
]
