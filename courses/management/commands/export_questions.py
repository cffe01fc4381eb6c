import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from base.errors import InvalidInput
from courses.interop import FORMATS, format_named
from courses.interop.drafts import Item, Refusal
from courses.management.banks import find_bank
from courses.queries import bank
from courses.services.exchange import drafts_of, language_of


class Command(BaseCommand):
    help = (
        "Write the questions in use of an organization's bank as a file, and say which the format cannot hold and why."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--organization", required=True, metavar="ID", help="Its id, code or uuid.")
        parser.add_argument("--format", required=True, help="moodle-xml, gift, xlsx or csv.")
        parser.add_argument("--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="Print the answer as one JSON object.")

    def handle(self, *args: Any, organization: str, output: Path, **options: Any) -> None:
        try:
            named = format_named(options["format"])
        except InvalidInput as error:
            raise CommandError(str(error)) from error
        form = FORMATS["csv" if named == "xlsx" and output.suffix.lower() == ".csv" else named]
        if form.write is None:
            raise CommandError(f"{form.label} is only read.")
        questions = bank([find_bank(organization).pk])
        refused: list[Refusal] = []
        count = 0

        def tell(item: Item) -> None:
            nonlocal count
            count += 1
            if isinstance(item, Refusal):
                refused.append(item)

        part = output.with_name(f"{output.name}.part")
        with part.open("wb") as file:
            form.write(file, drafts_of(questions, tell=tell), language_of(questions), tell)
        part.replace(output)
        answer = {"found": count, "written": count - len(refused), "refused": [one.told() for one in refused]}
        self.show(answer, as_json=options["json"])

    def show(self, answer: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(f"{answer['found']} found, {answer['written']} written, {len(answer['refused'])} refused")
        for refusal in answer["refused"]:
            self.stdout.write(f"{refusal['name']} ({refusal['kind']}): {refusal['reason']}")
