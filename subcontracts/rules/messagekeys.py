"""Keys of the messages in the out-tray: each names the fact that it tells of, and its revision."""

from __future__ import annotations


def report_key(allocation_id: int, revision: int | str = "") -> str:
    """Beginning of the keys of the messages that tell of an allocation, or of one revision."""
    return f"allocation:{allocation_id}:{revision}"


def allocation_of_report(key: str) -> int:
    """Primary key of the allocation that a message tells of."""
    return int(key.split(":")[1])


def revision_of_report(key: str) -> int:
    """Which telling of the allocation a message belongs to, counted from 1."""
    return int(key.split(":")[2])


def request_key(request_id: int, revision: int | str = "") -> str:
    """Beginning of the keys of the messages that send a request, or key of one try."""
    return f"request:{request_id}:{revision}"
