"""People who are there get their key; on PostgreSQL, words of a name are found by an index of trigrams."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations

from accounts.models.people import match_key
from base.folding import fold

AT_A_TIME = 2_000


def fill_keys(apps, schema_editor):
    """Write the keys in batches by id; a second run writes the same."""
    people = apps.get_model("accounts", "Person").objects.using(schema_editor.connection.alias)
    people = people.exclude(birth_date=None).only("surname", "given_name", "birth_date").order_by("pk")
    last = 0
    while batch := list(people.filter(pk__gt=last)[:AT_A_TIME]):
        for person in batch:
            person.match_key = match_key(fold(f"{person.surname} {person.given_name}"), person.birth_date)
        people.model.objects.bulk_update(batch, ["match_key"], batch_size=500)
        last = batch[-1].pk


def add_trigrams(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            "CREATE INDEX IF NOT EXISTS person_search_words ON accounts_person USING gin (search_key gin_trgm_ops)"
        )


def drop_trigrams(apps, schema_editor):
    schema_editor.execute("DROP INDEX IF EXISTS person_search_words")


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0002_match_people"),
    ]

    operations = [
        migrations.RunPython(fill_keys, migrations.RunPython.noop),
        TrigramExtension(),
        migrations.RunPython(add_trigrams, drop_trigrams),
    ]
