"""The rows of the money: from declared line to payment, split by noun."""

from billing.models.account_changes import AccountChange
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
from billing.models.entitlements import Entitlement, Hold, TrajectoryStep
from billing.models.forecasts import Forecast, ForecastRow, ForecastWarning
from billing.models.fte import FteReport, FteReportRow, FteSignal
from billing.models.invoicing import EInvoice, SelfBilling, VatTreatment
from billing.models.own_teams import OwnTeamReport, OwnTeamRow
from billing.models.payments import Payment, PaymentRun, PaymentRunItem
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
from billing.models.totals import DeclaredTotal
from billing.models.upward import UpwardContribution, UpwardDeclaration, UpwardLine
from billing.models.upward_settlements import UpwardSettlement
from billing.models.what_ifs import WhatIf, WhatIfResult

__all__ = [
    "AccountChange",
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
    "Entitlement",
    "Forecast",
    "ForecastRow",
    "ForecastWarning",
    "FteReport",
    "FteReportRow",
    "FteSignal",
    "Hold",
    "Indication",
    "InvoiceFinding",
    "InvoiceLine",
    "InvoicingParty",
    "LineFinding",
    "MonthDraft",
    "MonthRun",
    "OwnTeamReport",
    "OwnTeamRow",
    "Payment",
    "PaymentRun",
    "PaymentRunItem",
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
    "UpwardContribution",
    "UpwardDeclaration",
    "UpwardLine",
    "UpwardSettlement",
    "VatTreatment",
    "WhatIf",
    "WhatIfResult",
    "WorkerShare",
]
