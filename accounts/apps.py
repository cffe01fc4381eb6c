from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who and where: people, users, organizations, territory."""

    name = "accounts"
    verbose_name = _("People and places")
