from typing import Any

from django.core.management.base import BaseCommand

from reports.services.rollup import rebuild


class Command(BaseCommand):
    help = "Count every figure of the statistics from nothing; pages show the old ones until it is done."

    def handle(self, *args: Any, **options: Any) -> None:
        rebuild()
        self.stdout.write("The statistics are counted.")
