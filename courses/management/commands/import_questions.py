import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Organization
from base.errors import InvalidInput
from courses.interop import format_named, read_questions
from courses.interop.drafts import Draft, Item, Refusal
from courses.management.banks import find_bank
from courses.services.exchange import Taking
from courses.services.question_files import check_size


class Command(BaseCommand):
    help = (
        "Take the questions of a file (Moodle XML, GIFT, Aiken, XLSX, ODS, CSV) into the bank of an organization, and "
        "say which were not taken and why. A question that is there already answers for itself: nothing is there twice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="ID", help="Its id, code or uuid.")
        parser.add_argument(
            "--format", default="", help="moodle-xml, gift, aiken, xlsx or csv; found out unless named."
        )
        parser.add_argument("--language", default="uz", help="Of texts that do not say theirs.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would be taken; take nothing.")
        parser.add_argument("--json", action="store_true", help="Print the answer as one JSON object.")

    def handle(self, *args: Any, file: Path, organization: str, **options: Any) -> None:
        bank = find_bank(organization)
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        answer: dict[str, Any] = {"found": 0, "taken": 0, "refused": []}
        is_read = True
        try:
            self.take(bank, file, answer, **options)
        except InvalidInput as error:
            is_read = False
            answer["refused"].append({"name": file.name, "kind": "file", "reason": str(error)})
        self.show(answer, as_json=options["json"])
        if not is_read:
            raise SystemExit(1)

    def take(self, bank: Organization, file: Path, answer: dict[str, Any], *, dry_run: bool, **options: Any) -> None:
        form = format_named(options["format"]) if options["format"] else ""
        check_size(file.stat().st_size)
        items = read_questions(file.read_bytes(), name=file.name, form=form, language=options["language"])
        taking = Taking(bank, by=None, is_tried=dry_run)
        for item in items:
            answer["found"] += 1
            if refusal := self.refusal_of(item, taking):
                answer["refused"].append(refusal.told())
            else:
                answer["taken"] += 1

    def refusal_of(self, item: Item, taking: Taking) -> Refusal | None:
        if isinstance(item, Refusal):
            return item
        try:
            taking.take(item)
        except InvalidInput as error:
            return Refusal(item.title, item.kind, error.reason)
        self.tell_left_out(item)
        return None

    def tell_left_out(self, draft: Draft) -> None:
        for words in dict.fromkeys(draft.left_out):
            self.stderr.write(f"{draft.title}: taken without {words}")

    def show(self, answer: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(f"{answer['found']} found, {answer['taken']} taken, {len(answer['refused'])} refused")
        for refusal in answer["refused"]:
            self.stdout.write(f"{refusal['name']} ({refusal['kind']}): {refusal['reason']}")
