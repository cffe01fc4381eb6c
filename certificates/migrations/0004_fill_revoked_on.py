"""Write beside the enrollments of revoked certificates that they are not valid any more."""

from django.db import migrations
from django.utils import timezone


def fill(apps, schema_editor):
    Credential = apps.get_model("certificates", "Credential")
    Enrollment = apps.get_model("enrollment", "Enrollment")
    revoked = Credential.objects.filter(revoked_at__isnull=False, superseded_by=None)
    for code, enrollment, at in revoked.values_list("code", "completion__enrollment", "revoked_at").iterator():
        rows = Enrollment.objects.filter(pk=enrollment, credential_code=code)
        rows.update(credential_revoked_on=timezone.localdate(at))


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0003_revoked_ones_apart"),
        ("enrollment", "0033_prerequisite_exceptions"),
    ]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
