import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from base.management.commands.derive_cyrillic import catalogue_path, derive

LATIN = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

#: enrollment/views.py:12
#, python-format
msgid "%(name)s is referred to <a href=\\"%(url)s\\">%(centre)s</a>."
msgstr "%(name)s <a href=\\"%(url)s\\">%(centre)s</a>ga yoʻllandi."

msgid "%(count)d seat"
msgid_plural "%(count)d seats"
msgstr[0] "%(count)d ta oʻrin"

msgctxt "month"
msgid "May"
msgstr "May"

msgid "Not translated yet"
msgstr ""

#, fuzzy
msgid "Guessed"
msgstr "Taxmin"

msgid "This field is required."
msgstr "Buni toʻldiring."
"""


@pytest.fixture
def latin_catalogue(settings: Settings, tmp_path: Path) -> Path:
    settings.BASE_DIR = tmp_path
    path = catalogue_path("uz")
    path.parent.mkdir(parents=True)
    path.write_text(LATIN, encoding="utf-8")
    return path


def test_texts_become_cyrillic_and_placeholders_stay(latin_catalogue: Path) -> None:
    catalogue = read_po(BytesIO(derive()))
    sentence = catalogue.get('%(name)s is referred to <a href="%(url)s">%(centre)s</a>.')
    assert sentence
    assert sentence.string == '%(name)s <a href="%(url)s">%(centre)s</a>га йўлланди.'
    assert sentence.locations == [("enrollment/views.py", 12)]
    assert sentence.python_format
    seats = catalogue.get("%(count)d seat")
    assert seats
    assert seats.string == ("%(count)d та ўрин",)
    month = catalogue.get("May", "month")
    assert month
    assert month.string == "Май"


def test_what_is_not_translated_is_left_out(latin_catalogue: Path) -> None:
    catalogue = read_po(BytesIO(derive()))
    assert catalogue.get("Not translated yet") is None
    assert catalogue.get("Guessed") is None


def test_messages_of_django_are_derived_unless_ours_says_otherwise(latin_catalogue: Path) -> None:
    catalogue = read_po(BytesIO(derive()))
    ours, theirs = catalogue.get("This field is required."), catalogue.get("Enter a valid URL.")
    assert ours
    assert ours.string == "Буни тўлдиринг."
    assert theirs
    assert re.search("[а-я]", str(theirs.string))
    assert theirs.locations == []


def test_command_writes_once_and_checks(latin_catalogue: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="make messages"):
        call_command("derive_cyrillic", "--check")
    call_command("derive_cyrillic")
    assert capsys.readouterr().out == "locale/uz_Cyrl/LC_MESSAGES/django.po written.\n"
    call_command("derive_cyrillic", "--check")
    latin_catalogue.write_text(LATIN.replace("oʻrin", "joy"), encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("derive_cyrillic", "--check")


def test_committed_catalogue_is_the_derived_one() -> None:
    assert catalogue_path("uz_Cyrl").read_bytes() == derive()


PLACEHOLDER = re.compile(r"%\(\w+\)\w|%%|\{\w*\}|</?\w+")


def test_derived_texts_keep_every_placeholder() -> None:
    latin = read_po(BytesIO(catalogue_path("uz").read_bytes()))
    for message in read_po(BytesIO(derive())):
        source = latin.get(message.id, message.context)
        if message.id and source:
            assert PLACEHOLDER.findall(str(message.string)) == PLACEHOLDER.findall(str(source.string))
