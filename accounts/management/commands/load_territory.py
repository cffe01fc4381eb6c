from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.services.lists import BadList
from accounts.services.territory import DATA, load_territory


class Command(BaseCommand):
    help = "Load regions, districts and mahallas by their state codes; a second time changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="Where regions, districts and mahallas.csv lie.")
        parser.add_argument("--accept-loss", action="store_true", help="Many rows have really left the lists.")

    def handle(self, *_args: Any, folder: Path, accept_loss: bool, **_options: Any) -> None:
        try:
            done = load_territory(folder, accept_loss=accept_loss)
        except BadList as error:
            raise CommandError(f"{error} Nothing was changed.") from error
        for changes in done:
            self.stdout.write(str(changes))
