"""The rows of the money: from declared line to payment, split by noun."""

from billing.models.assessments import Assessment
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
from billing.models.payments import Payment, PaymentRun, PaymentRunItem
from billing.models.runs import MonthRun
from billing.models.statements import Statement, StatementLine
from billing.models.totals import DeclaredTotal
from billing.models.upward import UpwardContribution, UpwardDeclaration, UpwardLine
from billing.models.what_ifs import WhatIf, WhatIfResult

__all__ = [
    "Assessment",
    "ColumnMapping",
    "Declaration",
    "DeclarationFile",
    "DeclarationFileFinding",
    "DeclaredLine",
    "DeclaredTotal",
    "Dispute",
    "DisputeEntry",
    "Entitlement",
    "FteReport",
    "FteReportRow",
    "FteSignal",
    "Hold",
    "LineFinding",
    "MonthDraft",
    "MonthRun",
    "Payment",
    "PaymentRun",
    "PaymentRunItem",
    "Statement",
    "StatementLine",
    "TrajectoryStep",
    "UpwardContribution",
    "UpwardDeclaration",
    "UpwardLine",
    "WhatIf",
    "WhatIfResult",
    "WorkerShare",
]
