from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils import translation

from enrollment.imports.answers import write_template
from enrollment.imports.kinds.registry import KINDS


class Command(BaseCommand):
    help = "Write a workbook to be filled in with the rows of a kind, and then sent by import_table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=[str(kind) for kind in KINDS])
        parser.add_argument("--language", choices=[code for code, _ in settings.LANGUAGES], default="uz")
        parser.add_argument("--output", required=True, type=Path, metavar="F.xlsx")

    def handle(self, *args: Any, kind: str, language: str, output: Path, **options: Any) -> None:
        with translation.override(language), output.open("wb") as file:
            write_template(file, KINDS[kind](None))
