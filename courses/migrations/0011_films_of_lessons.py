"""The films of lessons that carried them as plain files; the sweeper has their sizes made."""

from django.db import migrations


def make_films(apps, schema_editor):
    Lesson = apps.get_model("courses", "Lesson")
    Video = apps.get_model("courses", "Video")
    films = {}
    lessons = Lesson.objects.filter(kind="video", video=None).exclude(file="").select_related("version__course")
    for lesson in lessons.order_by("pk").iterator():
        if lesson.file.name not in films:
            films[lesson.file.name] = Video.objects.create(
                organization_id=lesson.version.course.provider_id,
                file=lesson.file.name,
                size=_size(lesson.file),
                status="plain",
            )
        Lesson.objects.filter(pk=lesson.pk).update(video=films[lesson.file.name])


def _size(file):
    try:
        return file.size
    except OSError:  # it is gone from the store
        return 0


class Migration(migrations.Migration):
    dependencies = [("courses", "0010_videos")]

    operations = [migrations.RunPython(make_films, migrations.RunPython.noop)]
