"""Organisations, the people who act for them, and what lets them in."""

from hoofdaannemer.accounts.models.access import ApiToken, Invitation, OpenSession
from hoofdaannemer.accounts.models.organisations import (
    MainContractor,
    MainContractorLink,
    Municipality,
    Organisation,
)
from hoofdaannemer.accounts.models.people import Membership, User

__all__ = [
    "ApiToken",
    "Invitation",
    "MainContractor",
    "MainContractorLink",
    "Membership",
    "Municipality",
    "OpenSession",
    "Organisation",
    "User",
]
