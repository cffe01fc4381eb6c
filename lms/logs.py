"""Logs for people and for machines; neither a PINFL nor a secret address ever stands in them."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

PINFL = re.compile(r"(?<!\d)[1-6]\d{13}(?!\d)")


SECRET_ADDRESS = re.compile(r"(/calendar/)[A-Za-z0-9_-]{43}(?=[.]ics)")  # the calendar of one person


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Put dots in the place of what looks like a PINFL, and of the secret in the address of a calendar."""
    return {key: hidden(value) if isinstance(value, str) else value for key, value in event.items()}


def hidden(text: str) -> str:
    return SECRET_ADDRESS.sub(r"\1…", PINFL.sub("•" * 14, text))


def without_secrets(event: Any, hint: Any) -> Any:
    """What is reported of an error, likewise: the address and what names it."""
    if address := event.get("request", {}).get("url"):
        event["request"]["url"] = hidden(address)
    return event


def log_settings(*, as_json: bool) -> dict[str, Any]:
    """The LOGGING setting: one line an event on standard error, as words or as JSON."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        structlog.processors.UnicodeDecoder(),
        hide_secrets,
    ]
    last = structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {"django.server": {"handlers": ["stderr"], "propagate": False}, "httpx": {"level": "WARNING"}},
    }
