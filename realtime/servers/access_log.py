"""What a log of requests keeps to itself."""

import logging
import re

_SECRETS = re.compile(r"(?<=[?&])(sid|ticket|token|invite|lastEventId)=[^&\s]*")


class WithoutSecrets(logging.Filter):
    """Takes out of the addresses in uvicorn's access log what names a session or lets somebody in."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(_SECRETS.sub(r"\1=…", arg) if isinstance(arg, str) else arg for arg in record.args)
        return True
