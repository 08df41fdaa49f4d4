"""Errors that a user can understand; anything else is a bug and must surface."""

from __future__ import annotations


class DomainError(Exception):
    """Something the domain refuses; its text is a whole translated sentence for a person."""

    def __init__(self, message: str) -> None:
        self.message = message
        super().__init__(message)


class RuleError(DomainError):
    """A rule refuses, and the user can mend it. `code` names the rule, such as `PLA-05`."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"{message} ({code})")


class NotAllowedError(DomainError):
    """The role may not do this: answered 403."""


class ConflictError(DomainError):
    """Someone was first: reload and look again."""
