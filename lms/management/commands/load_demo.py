from datetime import date
from typing import Any

from django.conf import settings
from django.core.management import CommandError
from django.core.management.base import BaseCommand, CommandParser

from lms.demo.seed import load_demo


class Command(BaseCommand):
    help = "Make the demo's people, courses and history, or bring them to this day; a second time changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--today", type=date.fromisoformat, help="Do as if it were this day (for tests).")

    def handle(self, *, today: date | None = None, verbosity: int = 1, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo has accounts with a known password: it is made only with MALAKA_DEMO=1.")
        changed = load_demo(today=today)
        if verbosity:
            self.stdout.write("The demo is ready." if changed else "The demo was ready already.")
