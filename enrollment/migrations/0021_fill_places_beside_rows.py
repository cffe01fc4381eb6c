"""Where each referral lies, whose learners and whose duties: written beside the rows that lead there."""

from typing import Any

from django.db import migrations
from django.db.models import OuterRef, Subquery


def fill(apps: Any, schema_editor: Any) -> None:
    """One statement a table; rows that hold it already are left alone."""

    def found(model: str, path: str, **where: Any) -> Subquery:
        return Subquery(apps.get_model(model).objects.filter(**where).values(path)[:1])

    def rows(model: str) -> Any:
        return apps.get_model("enrollment", model).objects

    mahalla = {"pk": OuterRef("mahalla")}
    rows("Referral").filter(region=None).update(
        district=found("accounts.Mahalla", "district", **mahalla),
        region=found("accounts.Mahalla", "district__region", **mahalla),
    )
    rows("Enrollment").filter(organization=None).update(
        organization=found("enrollment.Cohort", "organization", pk=OuterRef("cohort"))
    )
    rows("TrainingAssignment").filter(issuer=None).update(
        issuer=found("enrollment.TrainingRule", "issuer", pk=OuterRef("rule"))
    )


class Migration(migrations.Migration):
    dependencies = [("enrollment", "0020_places_beside_rows")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
