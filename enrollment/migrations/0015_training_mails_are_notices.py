from typing import Any

from django.db import migrations
from django.utils import timezone

CHUNK = 1_000


def move(apps: Any, schema_editor: Any) -> None:
    """Let the notice of each reminder carry the e-mail that is still due.

    Who has no way to sign in has no notice: unless an e-mail went, they are told again once they have one.
    """
    alias = schema_editor.connection.alias
    reminders = apps.get_model("enrollment", "TrainingReminder").objects.using(alias)
    notices = apps.get_model("base", "Notice").objects.using(alias)
    reminders.filter(assignment__person__user=None, mailed_at=None).delete()
    due, after = reminders.filter(mail_due=True).order_by("pk"), 0
    while chunk := list(due.filter(pk__gt=after)[:CHUNK]):
        keys = [f"training-{row.assignment_id}-{row.stage}-{row.due_on:%Y%m%d}" for row in chunk]
        notices.filter(key__in=keys).update(mail_at=timezone.now())
        after = chunk[-1].pk


class Migration(migrations.Migration):
    dependencies = [
        ("base", "0003_notices_by_mail"),
        ("enrollment", "0014_objections"),
    ]

    operations = [migrations.RunPython(move, migrations.RunPython.noop)]
