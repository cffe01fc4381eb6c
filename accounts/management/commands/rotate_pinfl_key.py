from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Person
from accounts.services.pinfl_keys import people_under_old_keys, rotate_pinfl_key

NAMED_AT_MOST = 20


class Command(BaseCommand):
    help = "Hash and encrypt every PINFL with the current key; started again, it goes on where it was stopped."

    def handle(self, *args: Any, **options: Any) -> None:
        total, done = people_under_old_keys().count(), 0
        left: list[Person] = []
        for count, stay in rotate_pinfl_key():
            done, left = done + count, left + stay
            self.stdout.write(f"{done} of {total}")
        if left:
            names = ", ".join(str(person.uuid) for person in left[:NAMED_AT_MOST])
            raise CommandError(
                f"{len(left)} keep their old key: no key in MALAKA_PINFL_OLD_KEYS reads them, or somebody was written "
                f"down a second time meanwhile and is to be merged. The first of them: {names}"
            )
        self.stdout.write("Every PINFL is stored under the current key.")
