"""Where the request at work comes from, for the audit."""

from contextvars import ContextVar

address: ContextVar[str | None] = ContextVar("address", default=None)
