"""Addresses of the site; each app has its own `urls.py` below this one."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path, re_path

from messaging.exchange.mailbox.views import nowhere
from subcontracts.views.access import nowhere as access_nowhere

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
        "hoofdaannemer.scenarios.urls",
    )
    if find_spec(module)
]
# Last, since other apps have addresses below the mailbox too. Not `<path:rest>`, which stops at a
# line break.
urlpatterns.append(re_path(r"^api/v1/postbus/(?P<rest>[\s\S]*)\Z", nowhere, name="mailbox_nowhere"))
urlpatterns.append(
    re_path(r"^api/v1/toegang/(?P<rest>[\s\S]*)\Z", access_nowhere, name="access_nowhere")
)
