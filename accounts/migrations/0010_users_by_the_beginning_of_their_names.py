"""User names in the order of their bytes: those that begin alike stand together, whatever the database's language."""

from typing import Any

from django.db import migrations

NAME, COLUMNS = "user_name_begins", 'accounts_user ((lower(username)) COLLATE "C")'


def add_index(apps: Any, schema_editor: Any) -> None:
    """On SQLite the constraint user_username_any_case stands in this order."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {NAME} ON {COLUMNS}")


def drop_index(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_posts_without_learning")]

    operations = [migrations.RunPython(add_index, drop_index)]
