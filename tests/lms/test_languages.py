"""Every string is said in every language, and the reader's own language is the one that is shown."""

import ast
import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import chdir, contextmanager
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.commands import makemessages
from django.test import Client

from accounts.models import User
from tests.pages import signed_in

WRITTEN = ("uz", "ru")
LOCALES = (*WRITTEN, "uz_Cyrl", "kaa")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|%[sdr]\b|\{\w*\}|</?\w+[^>]*>")

Key = tuple[str | None, tuple[str, ...]]


@cache
def read_catalogue(locale: str) -> Catalog:
    path = settings.BASE_DIR / "locale" / locale / "LC_MESSAGES" / "django.po"
    with path.open("rb") as file:
        return read_po(file)


def messages_of(catalogue: Catalog) -> dict[Key, Message]:
    return {
        (message.context, (message.id,) if isinstance(message.id, str) else tuple(message.id)): message
        for message in catalogue
        if message.id
    }


def forms_of(message: Message) -> tuple[str, ...]:
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ())


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """No other process does anything there meanwhile that asks for this, too."""
    place = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(place, fcntl.LOCK_EX)
        yield
    finally:
        os.close(place)


@pytest.fixture(scope="session")
def collected() -> set[Key]:
    """The strings that `make messages` would find now."""

    class Collect(makemessages.Command):
        found = ""

        def write_po_file(self, potfile: str, locale: str) -> None:
            text = Path(potfile).read_text(encoding="utf-8")
            self.found = text.replace("nplurals=INTEGER; plural=EXPRESSION", "nplurals=2; plural=n != 1")

    makefile = (settings.BASE_DIR / "Makefile").read_text(encoding="utf-8")
    command = Collect(stdout=StringIO())
    ignored = re.findall(r"--ignore (\S+)", makefile)
    options = command.create_parser("manage.py", "makemessages").parse_args(["--locale", "uz", "--no-location"])
    with chdir(settings.BASE_DIR), alone_in(settings.BASE_DIR / "locale"):  # where it keeps a file while it works
        command.handle(**{**vars(options), "ignore_patterns": ignored, "verbosity": 0})
    return set(messages_of(read_po(StringIO(command.found))))


@pytest.mark.parametrize("locale", WRITTEN)
def test_catalogue_holds_the_strings_of_the_code(locale: str, collected: set[Key]) -> None:
    kept = set(messages_of(read_catalogue(locale)))
    assert sorted(collected - kept, key=str) == [], "not in the catalogue: run `make messages`, then translate"
    assert sorted(kept - collected, key=str) == [], "nowhere in the code: run `make messages`"


def said_in(path: Path) -> Iterator[tuple[str, ...]]:
    """What a module asks gettext for word by word: the text, or singular and plural."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if "gettext" in alias.name
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            name = names[node.func.id]
            texts = node.args[name.startswith("p") :][: 1 + name.startswith("n")]
            if all(isinstance(text, ast.Constant) for text in texts):
                yield tuple(ast.literal_eval(text) for text in texts)


def test_every_string_of_python_is_collected(collected: set[Key]) -> None:
    """xgettext does not look into f-strings, nor behind names of our own."""
    known = {texts for _context, texts in collected}
    packages = [path.parent for path in Path(settings.BASE_DIR).glob("*/__init__.py")]
    ours = [package for package in packages if package.name not in {"tests", "benchmarks"}]
    modules = [path for package in ours for path in package.rglob("*.py")]
    lost = {(path.name, texts) for path in modules for texts in said_in(path) if texts not in known}
    assert not lost


@pytest.mark.parametrize("locale", WRITTEN)
def test_every_string_is_translated_with_its_placeholders(locale: str) -> None:
    catalogue = read_catalogue(locale)
    for key, message in messages_of(catalogue).items():
        forms = forms_of(message)
        assert not message.fuzzy, key
        assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1), key
        assert list(message.check(catalogue)) == [], key
        for form in forms:
            assert form.strip(), key
            assert sorted(PLACEHOLDER.findall(form)) == sorted(PLACEHOLDER.findall(key[1][-1])), key


def test_derived_cyrillic_holds_every_string() -> None:
    latin, cyrillic = messages_of(read_catalogue("uz")), messages_of(read_catalogue("uz_Cyrl"))
    assert set(latin) - set(cyrillic) == set()


def test_uzbek_is_written_with_its_own_letters() -> None:
    """Oʻ and gʻ have U+02BB, the tutuq belgisi is U+02BC; no quotation mark stands for them."""
    for key, message in messages_of(read_catalogue("uz")).items():
        for form in forms_of(message):
            assert not re.search(r"\w['’‘`´]\w|[oOgG]['’‘`´ʼ]", form), (key, form)


@pytest.mark.parametrize("locale", LOCALES)
def test_catalogue_compiles(locale: str, tmp_path: Path) -> None:
    catalogue = read_catalogue(locale)
    with (tmp_path / "django.mo").open("wb") as file:
        write_mo(file, catalogue)
    assert (tmp_path / "django.mo").stat().st_size > 0


@pytest.mark.django_db
@pytest.mark.parametrize("code", [code for code, _ in settings.LANGUAGES])
def test_every_language_can_be_chosen_and_stays(client: Client, code: str) -> None:
    client.post("/i18n/setlang/", {"language": code, "next": "/accounts/login/"})
    page = client.get("/accounts/login/", headers={"Accept-Language": "en" if code != "en" else "ru"}).content.decode()
    tag = {"uz-cyrl": "uz-Cyrl"}.get(code, code)
    assert f'<html lang="{tag}"' in page
    assert re.search(rf'<button name="language" value="{code}" lang="{tag}" aria-current="true">', page)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "answered"),
    [("ru,en;q=0.5", "ru"), ("uz-Cyrl", "uz-Cyrl"), ("kaa", "kaa"), ("fr", "uz"), ("", "uz")],
)
def test_first_visit_follows_the_browser_else_uzbek(client: Client, asked: str, answered: str) -> None:
    page = client.get("/accounts/login/", headers={"Accept-Language": asked}).content.decode()
    assert f'<html lang="{answered}"' in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "words"),
    [("uz", "Bu maydonni toʻldiring."), ("uz-cyrl", "Бу майдонни тўлдиринг."), ("ru", "Заполните это поле.")],
)
def test_errors_of_forms_are_in_the_readers_language(client: Client, language: str, words: str) -> None:
    page = client.post("/accounts/login/", {"login": ""}, headers={"Accept-Language": language})
    assert words in page.content.decode()


class Words(HTMLParser):
    """Collects what a page says in its own language: its texts, and the attributes that are read to people."""

    SPOKEN = frozenset({"alt", "aria-label", "content", "data-label", "placeholder", "title"})

    def __init__(self) -> None:
        super().__init__()
        self.said: set[str] = set()
        self.foreign = ""  # the element of another language that is open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said |= {" ".join(value.split()) for name, value in attrs if value and name in self.SPOKEN}
        if tag != "html" and "lang" in dict(attrs):
            self.foreign = tag

    def handle_endtag(self, tag: str) -> None:
        if tag == self.foreign:
            self.foreign = ""

    def handle_data(self, data: str) -> None:
        if not self.foreign:
            self.said.add(" ".join(data.split()))


def english_on(page: str, language: str) -> set[str]:
    """The source strings that `page` shows although they are another word in `language`."""
    catalogue = messages_of(read_catalogue(language))
    english = {key[1][0] for key, message in catalogue.items() if key[1][0] not in forms_of(message)}
    words = Words()
    words.feed(page)
    return words.said & english


VISITED = ["/", "/about/", "/courses/", "/privacy/", "/statistics/", "/verify/", "/nowhere/"]
VISITED += ["/accounts/activate/", "/accounts/login/", "/accounts/password/reset/"]


@pytest.mark.django_db
@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("path", VISITED)
def test_visitors_meet_no_english(client: Client, path: str, language: str) -> None:
    page = client.get(path, headers={"Accept-Language": language}).content.decode()
    assert len(page) > 1000
    assert english_on(page, language) == set()


WORKED = {
    "learner": ["/", "/learn/", "/certificates/", "/settings/", "/notices/"],
    "assistant": ["/", "/residents/", "/households/", "/households/new/", "/referrals/"],
    "centre_manager": ["/", "/referrals/", "/cohorts/", "/cohorts/new/", "/teach/", "/certificates/issued/"],
    "instructor": ["/", "/teach/", "/cohorts/"],
    "academy_admin": ["/", "/teach/", "/statistics/completion/"],
    "staff_manager": ["/", "/staff/"],
    "supervisor": ["/", "/statistics/"],
    "auditor": ["/", "/residents/"],
}


@pytest.mark.parametrize("language", WRITTEN)
@pytest.mark.parametrize("persona", WORKED)
def test_no_role_meets_english(request: pytest.FixtureRequest, persona: str, language: str) -> None:
    user: User = request.getfixturevalue(persona)
    browser = signed_in(user, language)
    for path in WORKED[persona]:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert english_on(answer.content.decode(), language) == set(), path
