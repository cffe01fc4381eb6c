from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BaseConfig(AppConfig):
    """What every app stands on."""

    name = "base"
    verbose_name = _("Foundation")

    def ready(self) -> None:
        from base import receivers  # noqa: F401  # connects them
