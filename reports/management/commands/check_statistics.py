import sys
from typing import Any

from django.core.management.base import BaseCommand

from reports.services.checking import check_figures

SHOWN = 50


class Command(BaseCommand):
    help = "Prove that each figure of the statistics equals a count of the rows behind it; 1 where one does not."

    def handle(self, *args: Any, **options: Any) -> None:
        differences = check_figures()
        for difference in differences[:SHOWN]:
            self.stdout.write(str(difference))
        found = len(differences)
        if found > SHOWN:
            self.stdout.write(f"… and {found - SHOWN} more.")
        if found:
            self.stderr.write(f"{found} figures differ from the rows; `rebuild_statistics` counts them again.")
            sys.exit(1)
        self.stdout.write("Each figure equals a count of the rows behind it.")
