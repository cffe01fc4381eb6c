from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LiveConfig(AppConfig):
    """Teaching in real time."""

    name = "live"
    verbose_name = _("Live classes")
