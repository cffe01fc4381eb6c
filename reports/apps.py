from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    """What the figures say."""

    name = "reports"
    verbose_name = _("Statistics")

    def ready(self) -> None:
        from base.notices import register
        from reports import receivers  # noqa: F401  # connects them
        from reports.notices import TEXTS

        register(TEXTS)
