from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CertificatesConfig(AppConfig):
    """What was proved."""

    name = "certificates"
    verbose_name = _("Certificates")

    def ready(self) -> None:
        from base import notices
        from certificates import receivers  # noqa: F401  # connects them
        from certificates.notices import TEXTS

        notices.register(TEXTS)
