"""Addresses of the site; each app has its own `urls.py` below this one."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(module))
    for module in (
        "hoofdaannemer.core.urls",
        "hoofdaannemer.accounts.urls",
        "messaging.urls",
        "subcontracts.urls",
        "qualifications.urls",
        "billing.urls",
        "hoofdaannemer.accountability.urls",
    )
    if find_spec(module)
]
