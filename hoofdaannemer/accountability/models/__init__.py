"""Reports upward: how they are built and reviewed, and what was published of them."""

from hoofdaannemer.accountability.models.releases import (
    PublishedFile,
    Receipt,
    Release,
    ReleaseFile,
    ReleaseTable,
)
from hoofdaannemer.accountability.models.reports import READERS, Report, ReportTable
from hoofdaannemer.accountability.models.subcontractors import (
    SubcontractorFile,
    SubcontractorRelease,
)

__all__ = [
    "READERS",
    "PublishedFile",
    "Receipt",
    "Release",
    "ReleaseFile",
    "ReleaseTable",
    "Report",
    "ReportTable",
    "SubcontractorFile",
    "SubcontractorRelease",
]
