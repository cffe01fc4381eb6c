"""Remind of the classes that were planned before reminders were there: when they are about to begin."""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.db.models import F
from django.utils import timezone


def remind(apps: Any, schema_editor: Any) -> None:
    coming = apps.get_model("live", "LiveSession").objects.filter(status="scheduled", starts_at__gt=timezone.now())
    coming.update(remind_at=F("starts_at") - timedelta(minutes=15))


class Migration(migrations.Migration):
    dependencies = [("live", "0008_reminders")]

    operations = [migrations.RunPython(remind, migrations.RunPython.noop)]
