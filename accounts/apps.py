from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Who and where: people, users, organizations, territory."""

    name = "accounts"
    verbose_name = _("People and places")

    def ready(self) -> None:
        post_migrate.connect(load_lookups, sender=self)


def load_lookups(apps: Any = None, **kwargs: Any) -> None:
    """Fill the lists of a database that was just migrated (or emptied by a test); `apps` are those it has now."""
    from accounts.services import employments

    if apps is None or "postcategory" in apps.all_models["accounts"]:
        employments.load_post_categories()
