"""The mails of the demo; there is no such page anywhere else."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from hoofdaannemer.accounts import mailbox


@never_cache
@require_safe
def mail_list(request: HttpRequest) -> HttpResponse:
    """Everything the demo would have mailed, newest first."""
    page = {"mails": mailbox.mails(_folder())}
    return render(request, "accounts/demo_mail_list.html", page)


@never_cache
@require_safe
def mail_detail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail, with its links."""
    mail = next((one for one in mailbox.mails(_folder()) if one.key == key), None)
    if mail is None:
        raise Http404
    return render(request, "accounts/demo_mail_detail.html", {"mail": mail})


def _folder() -> Path:
    if not settings.DEMO:
        raise Http404
    return Path(settings.MAIL_FOLDER)
