from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class EnrollmentConfig(AppConfig):
    """Who learns it and how far."""

    name = "enrollment"
    verbose_name = _("Referrals and learning groups")

    def ready(self) -> None:
        from base import jobs, notices
        from enrollment import receivers  # noqa: F401  # connects them
        from enrollment.imports.exporting import run_export
        from enrollment.imports.gradebook import run_gradebook
        from enrollment.imports.running import run_import
        from enrollment.notices import TEXTS

        jobs.register("export", jobs.JobKind(_("A list written as a table"), run_export))
        jobs.register("gradebook", jobs.JobKind(_("A gradebook written as a table"), run_gradebook))
        jobs.register("import", jobs.JobKind(_("A table of many rows"), run_import, "enrollment:import_detail"))
        notices.register(TEXTS)
        post_migrate.connect(load_lookups, sender=self)


def load_lookups(apps: Any = None, **kwargs: Any) -> None:
    """Fill the lists of a database that was just migrated (or emptied by a test); `apps` are those it has now."""
    from enrollment.services import lookups

    if apps is None or "waitingweight" in apps.all_models["enrollment"]:
        lookups.load_lookups()
