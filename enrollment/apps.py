from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    """Who learns it and how far."""

    name = "enrollment"
    verbose_name = _("Referrals and learning groups")
