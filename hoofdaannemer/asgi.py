"""Entry point for asynchronous servers; refuses to start where the production checks fail."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hoofdaannemer.settings")

application = get_asgi_application()

from hoofdaannemer.core.checks import refuse_unsafe_start  # noqa: E402  (needs the settings)

refuse_unsafe_start()
