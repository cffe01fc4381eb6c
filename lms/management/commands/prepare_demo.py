"""Makes the demo ready from nothing, and in no time where nothing changed since."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

ROOT = settings.BASE_DIR
DATA = ROOT / "accounts" / "data"


def fingerprint(paths: Iterable[Path], *words: str) -> str:
    """A hash of what all these files and folders hold."""
    digest = hashlib.sha256("\n".join(words).encode())
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file() and file.suffix != ".pyc":
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


class Command(BaseCommand):
    help = "Make the demo ready: tables, static files, territory, professions, people of every role."
    requires_system_checks = []

    def handle(self, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has accounts with a known password: it is made only with MALAKA_DEMO=1.")
        stamps_file = settings.VAR_DIR / "prepared.json"
        stamps = json.loads(stamps_file.read_text()) if stamps_file.exists() else {}
        if self.migrate():
            stamps = {}
        for name, arguments, inputs in self.steps():
            if stamps.get(name) != inputs:
                self.stdout.write(f"malaka: {name} …")
                call_command(name, **arguments)
                stamps[name] = inputs
                stamps_file.write_text(json.dumps(stamps, indent=1))

    def migrate(self) -> bool:
        """Bring the tables up to date; True where that changed anything."""
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return False
        self.stdout.write("malaka: migrate …")
        call_command("migrate", verbosity=0)
        return True

    def steps(self) -> Iterable[tuple[str, dict[str, Any], str]]:
        """Each command with its options and the fingerprint of what it works from."""
        quiet = {"verbosity": 0}
        built = [ROOT / "frontend" / "dist", ROOT / "requirements" / "base.txt"]
        yield "collectstatic", {**quiet, "interactive": False, "clear": True}, fingerprint(built)
        yield "load_territory", quiet, fingerprint([DATA])
        yield "load_professions", quiet, fingerprint([DATA])
        today = str(timezone.localdate())  # cohorts take learners on the day of the start
        yield "load_demo", quiet, fingerprint([ROOT / "lms" / "demo"], today)
