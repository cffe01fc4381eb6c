"""Who has learned: noted beside the posts."""

from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def fill(apps: Any, schema_editor: Any) -> None:
    kept = apps.get_model("enrollment", "Enrollment").objects.exclude(status="withdrawn")
    posts = apps.get_model("accounts", "Employment").objects.filter(has_learned=False)
    posts.filter(Exists(kept.filter(person=OuterRef("person")))).update(has_learned=True)


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0026_groups_that_take_learners")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
