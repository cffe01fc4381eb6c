import time
from argparse import ArgumentParser
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Mahalla, Organization, Person
from enrollment.services.waiting import rank_waiting_lists
from reports.management.country.people import SYNTHETIC
from reports.management.country.spreadsheets import SENDER, make_sender, write_spreadsheets
from reports.management.country.teaching import set_up_teaching
from reports.management.country.ways import Country
from reports.services.rollup import rebuild


class Command(BaseCommand):
    help = (
        "Make a synthetic country over the real territory: centres, courses, people, and a year of referrals in every "
        "state. No person of it exists, and each says so. The same seed and last day make the same country."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--referrals", type=int, default=5_000, metavar="N")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument(
            "--until", type=date.fromisoformat, metavar="DAY", help="The last day of the year; yesterday."
        )
        parser.add_argument(
            "--spreadsheets", type=Path, metavar="FOLDER", help="Write the people also as tables for import_table."
        )
        parser.add_argument(
            "--without-people", action="store_true", help="Make centres and courses alone, and who may import people."
        )
        parser.add_argument("--force", action="store_true", help="Also into a database that holds real people.")

    def handle(self, *args: Any, referrals: int, seed: int, until: date | None, force: bool, **options: Any) -> None:
        self.refuse_where_people_are(referrals, force)
        if options["without_people"]:
            with transaction.atomic():
                set_up_teaching(referrals)
                make_sender()
            self.stdout.write(f"Import tables with --as {SENDER}.")
            return
        started = time.monotonic()
        with transaction.atomic():
            teaching = set_up_teaching(referrals)
            Country(teaching, until or timezone.localdate() - timedelta(days=1), seed).generate(referrals)
        self.stdout.write(f"{referrals} referrals in {time.monotonic() - started:.0f} s.")
        rank_waiting_lists()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        rebuild()
        self.stdout.write(f"The statistics are counted; {time.monotonic() - started:.0f} s in all.")
        if options["spreadsheets"]:
            for path in write_spreadsheets(options["spreadsheets"]):
                self.stdout.write(str(path))

    def refuse_where_people_are(self, referrals: int, force: bool) -> None:
        if referrals < 1:
            raise CommandError("At least one referral, please.")
        if not Mahalla.objects.exists():
            raise CommandError("There is no territory yet: run load_territory first.")
        if Organization.objects.filter(code="SYN-A").exists():
            raise CommandError("This database holds a synthetic country already.")
        real = Person.objects.exclude(external_id__startswith=SYNTHETIC) | Person.objects.filter(external_id=None)
        if real.exists() and not (force or settings.DEMO):
            raise CommandError(
                "This database holds people who may be real. A synthetic country beside them would falsify their "
                "figures for good; --force does it nevertheless."
            )
