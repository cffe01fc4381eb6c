from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Teaching in real time."""

    name = "live"
    verbose_name = _("Live classes")

    def ready(self) -> None:
        from base import notices
        from live import receivers  # noqa: F401  # connects them
        from live.notices import TEXTS

        notices.register(TEXTS)
