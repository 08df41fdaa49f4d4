"""Log lines carry UTC, so that lines of several machines sort together."""

import logging
import time


class UtcFormatter(logging.Formatter):
    """Formats moments in UTC."""

    converter = staticmethod(time.gmtime)
