"""The rows of the money: from declared line to payment, split by noun."""

from billing.models.account_changes import AccountChange
from billing.models.assessments import Assessment
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
from billing.models.fte import FteReport, FteReportRow, FteSignal
from billing.models.invoicing import EInvoice, SelfBilling, VatTreatment
from billing.models.payments import Payment, PaymentRun, PaymentRunItem
from billing.models.received import (
    Indication,
    InvoiceFinding,
    InvoiceLine,
    InvoicingParty,
    ReceivedInvoice,
)
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
    "EInvoice",
    "Entitlement",
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
    "Payment",
    "PaymentRun",
    "PaymentRunItem",
    "PoolProduction",
    "ReceivedInvoice",
    "SelfBilling",
    "Settlement",
    "SettlementEntry",
    "SettlementRound",
    "Statement",
    "StatementLine",
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
