"""The authenticator app (TOTP, RFC 6238) that is somebody's second factor."""

from __future__ import annotations

import base64
import time
from typing import ClassVar, Final
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, DeviceManager, ThrottlingMixin
from django_otp.oath import TOTP

from hoofdaannemer.accounts.models.people import User
from hoofdaannemer.core.crypto import EncryptedTextField

#: What every authenticator app does without being told: a code of six digits each half minute.
DIGITS: Final = 6
STEP_SECONDS: Final = 30
#: Half minutes before and after now of which a code is accepted.
TOLERANCE: Final = 1


class AuthenticatorApp(ThrottlingMixin, Device):  # type: ignore[misc]  # the library has no types
    """An app that shares a key with us. Who can read the key is the person: so it is encrypted.

    The library's own model keeps its key readable. Its middleware takes this one for what it is:
    a device of the person, by which a session is verified.
    """

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="+")
    #: Hexadecimal.
    key = EncryptedTextField()
    #: Half minutes by which the phone's clock is ahead of ours.
    drift = models.SmallIntegerField(default=0)
    #: Half minute, counted from 1970, of the last code that was accepted: a code works once.
    last_step = models.BigIntegerField(default=-1)

    objects: ClassVar[models.Manager[AuthenticatorApp]] = DeviceManager()

    @property
    def secret(self) -> str:
        """The key as an app wants it typed: base 32."""
        return base64.b32encode(bytes.fromhex(self.key)).decode()

    @property
    def address(self) -> str:
        """What an app reads from the picture, in the form that all of them know (otpauth)."""
        issuer = settings.AUTHENTICATOR_ISSUER
        asked = {
            "secret": self.secret,
            "algorithm": "SHA1",
            "digits": DIGITS,
            "period": STEP_SECONDS,
            "issuer": issuer,
        }
        label = quote(f"{issuer}:{self.user.get_username()}")
        return f"otpauth://totp/{label}?{urlencode(asked, quote_via=quote)}"

    def clock(self) -> TOTP:
        """The codes of this app, set to this moment."""
        totp = TOTP(bytes.fromhex(self.key), step=STEP_SECONDS, digits=DIGITS, drift=self.drift)
        totp.time = time.time()
        return totp

    def verify_token(self, token: str) -> bool:
        """Whether the app shows this code, which is used up by it. Counts a wrong one."""
        is_allowed, _reason = self.verify_is_allowed()
        if not is_allowed:
            return False
        totp = self.clock()
        is_right = token.isdecimal() and totp.verify(int(token), TOLERANCE, self.last_step + 1)
        if is_right:
            self.last_step, self.drift = totp.t(), totp.drift
            self.throttle_reset(commit=False)
        else:
            self.throttle_increment(commit=False)
        # The key is not written again at each code.
        self.save(
            update_fields=[
                "last_step",
                "drift",
                "throttling_failure_timestamp",
                "throttling_failure_count",
            ]
        )
        return bool(is_right)

    def get_throttle_factor(self) -> int:
        """Seconds to wait after the first wrong code; they double with each next one."""
        return 1
