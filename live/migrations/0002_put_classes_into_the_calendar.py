"""Give every live class that was not called off its row in the calendar of its cohort."""

from typing import Any

from django.db import migrations

AT_ONCE = 1_000


def put(apps: Any, schema_editor: Any) -> None:
    LiveSession = apps.get_model("live", "LiveSession")
    Meeting = apps.get_model("enrollment", "Meeting")
    rows = LiveSession.objects.exclude(status="cancelled").order_by("pk")
    batch = []
    for session in rows.iterator(chunk_size=AT_ONCE):
        batch.append(
            Meeting(
                live_uuid=session.uuid,
                cohort_id=session.cohort_id,
                lesson_id=session.lesson_id,
                instructor_id=session.teacher_id,
                starts_at=session.starts_at,
                ends_at=session.ends_at,
            )
        )
        if len(batch) == AT_ONCE:
            Meeting.objects.bulk_create(batch)
            batch = []
    Meeting.objects.bulk_create(batch)


def take_out(apps: Any, schema_editor: Any) -> None:
    apps.get_model("enrollment", "Meeting").objects.exclude(live_uuid=None).delete()


class Migration(migrations.Migration):
    dependencies = [("live", "0001_initial"), ("enrollment", "0005_calendar")]

    operations = [migrations.RunPython(put, take_out)]
