"""What teachers recorded stands beside what attempts reached."""

from typing import Any

from django.db import migrations
from django.db.models import F, Q


def fill(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("enrollment", "LessonProgress").objects.filter(by_hand=True, score__isnull=False)
    rows.filter(Q(attempt_score=None) | ~Q(score=F("attempt_score"))).update(hand_score=F("score"))


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0029_overrides_of_results")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
