"""Whose class each is: written beside its cohort."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    cohorts = apps.get_model("enrollment", "Cohort").objects.filter(pk=OuterRef("cohort"))
    meetings = apps.get_model("enrollment", "Meeting").objects.filter(organization=None)
    meetings.update(organization=Subquery(cohorts.values("organization")))


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0023_providers_of_classes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
