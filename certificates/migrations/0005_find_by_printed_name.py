"""A certificate is found by the name on it; on PostgreSQL, words of it by an index of trigrams."""

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """One statement; of those that were issued before, the name is that of today."""
    completions = apps.get_model("enrollment", "Completion").objects.filter(pk=OuterRef("completion"))
    apps.get_model("certificates", "Credential").objects.update(
        search_key=Subquery(completions.values("enrollment__person__search_key")[:1])
    )


def add_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX IF NOT EXISTS credential_search_words"
            " ON certificates_credential USING gin (search_key gin_trgm_ops)"
        )


def drop_trigrams(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS credential_search_words")


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_fill_match_keys"),
        ("certificates", "0004_fill_revoked_on"),
        ("enrollment", "0033_prerequisite_exceptions"),
    ]

    operations = [
        migrations.AddField(
            model_name="credential",
            name="search_key",
            field=models.CharField(
                blank=True, editable=False, help_text="The printed name, as it is searched for.", max_length=320
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(add_trigrams, drop_trigrams),
    ]
