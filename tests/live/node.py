"""The application of a web node whose pulse is quicker, so that a test need not wait for it."""

from live import hub

hub.PULSE_SECONDS = 2.0

from benchmarks.asgi import application as application  # noqa: E402  # the pulse is set before any room opens
