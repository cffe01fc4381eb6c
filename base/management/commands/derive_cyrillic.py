"""Make the Uzbek Cyrillic catalogue from the Latin one."""

from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po
from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from base.transliteration import to_cyrillic

HEADER = r"""# Derived from the Uzbek Latin catalogues by `manage.py derive_cyrillic`; do not edit.
msgid ""
msgstr ""
"Language: uz_Cyrl\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=UTF-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=1; plural=0;\n"

"""


class Command(BaseCommand):
    help = "Writes locale/uz_Cyrl from locale/uz and from the Uzbek catalogues of Django and its installed apps."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing, fail where it is not up to date")

    def handle(self, *_args: Any, check: bool, **_options: Any) -> None:
        target = catalogue_path("uz_Cyrl")
        derived = derive()
        if check and (not target.exists() or target.read_bytes() != derived):
            raise CommandError(f"{target} is not up to date: run `make messages`.")
        if not check:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(derived)
            self.stdout.write(f"{target.relative_to(settings.BASE_DIR)} written.")


def catalogue_path(locale: str, folder: Path | None = None) -> Path:
    return (folder or settings.BASE_DIR / "locale") / locale / "LC_MESSAGES" / "django.po"


def derive() -> bytes:
    """Return the Cyrillic catalogue: our own messages, then those of libraries that we do not override."""
    derived = read_po(BytesIO(HEADER.encode()))
    _add(derived, catalogue_path("uz"), own=True)
    for folder in _library_folders():
        _add(derived, catalogue_path("uz", folder), own=False)
    output = BytesIO()
    write_po(output, derived, omit_header=True, ignore_obsolete=True, width=0)
    return HEADER.encode() + output.getvalue()


def _library_folders() -> list[Path]:
    """Django's own catalogues and those of installed apps that are not ours."""
    installed = [Path(app.path) for app in apps.get_app_configs()]
    libraries = [path for path in installed if path.parent != settings.BASE_DIR]
    return [path / "locale" for path in (Path(django.__file__).parent / "conf", *libraries)]


def _add(derived: Catalog, source: Path, *, own: bool) -> None:
    """Add the translated messages of `source` to `derived`; only our own keep their references."""
    if not source.exists():
        return
    for message in read_po(BytesIO(source.read_bytes())):
        # Uzbek nouns stay singular after a number: one form serves both.
        latin = message.string if isinstance(message.string, str) else (message.string or [""])[0]
        if not message.id or not latin or message.fuzzy or derived.get(message.id, message.context):
            continue
        text = to_cyrillic(latin)
        added = derived.add(
            message.id,
            (text,) if message.pluralizable else text,
            locations=message.locations if own else (),
            flags=message.flags,
            context=message.context,
        )
        if any(added.check(derived)):  # Django's "%sni": letters glued to a placeholder; Latin is shown instead
            derived.delete(message.id, message.context)
