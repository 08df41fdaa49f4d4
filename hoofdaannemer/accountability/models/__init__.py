"""Reports upward: how they are built and reviewed, and what was published of them."""

from hoofdaannemer.accountability.models.releases import (
    Receipt,
    Release,
    ReleaseFile,
    ReleaseTable,
)
from hoofdaannemer.accountability.models.reports import READERS, Report, ReportTable

__all__ = [
    "READERS",
    "Receipt",
    "Release",
    "ReleaseFile",
    "ReleaseTable",
    "Report",
    "ReportTable",
]
