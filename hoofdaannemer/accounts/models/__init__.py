"""Organisations, the people who act for them, and what lets them in."""

from hoofdaannemer.accounts.models.access import ApiToken, Invitation, OpenSession
from hoofdaannemer.accounts.models.access_keys import AccessKey
from hoofdaannemer.accounts.models.mandates import MandateStep, OfficeMandate
from hoofdaannemer.accounts.models.organisations import (
    MainContractor,
    MainContractorLink,
    Municipality,
    Organisation,
)
from hoofdaannemer.accounts.models.people import Membership, User
from hoofdaannemer.accounts.models.post import OutgoingMail, ResetWish, WeeklyDigest
from hoofdaannemer.accounts.models.second_factor import AuthenticatorApp

__all__ = [
    "AccessKey",
    "ApiToken",
    "AuthenticatorApp",
    "Invitation",
    "MainContractor",
    "MainContractorLink",
    "MandateStep",
    "Membership",
    "Municipality",
    "OfficeMandate",
    "OpenSession",
    "Organisation",
    "OutgoingMail",
    "ResetWish",
    "User",
    "WeeklyDigest",
]
