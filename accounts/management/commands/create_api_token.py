from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import ApiToken, User
from accounts.services.tokens import create_token


class Command(BaseCommand):
    help = "Make an API token for a user and print it, alone, on standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="What the token is for.")
        parser.add_argument("--days", type=int, default=365, help="How long it is good for.")
        parser.add_argument("--scope", action="append", choices=ApiToken.Scope.values, help="Both unless named.")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username__iexact=options["username"], is_active=True).first()
        if user is None:
            raise CommandError(f"There is no active user “{options['username']}”.")
        if not 1 <= options["days"] <= 3650:
            raise CommandError("--days is a number from 1 to 3650.")
        scopes = options["scope"] or ApiToken.Scope.values
        self.stdout.write(create_token(user, name=options["name"], days=options["days"], scopes=scopes, by=None))
