"""The PDF is stored once and made again when it is missing."""

from pathlib import Path

import pytest
from pytest_django import Settings

from certificates.models import Credential
from certificates.rendering import render_certificate
from certificates.services.papers import read_pdf, store_pdf
from tests.certificates.factories import make_credential

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def test_it_is_stored_once(media: Path) -> None:
    credential = store_pdf(make_credential())
    name = credential.pdf.name
    assert store_pdf(credential).pdf.name == name
    assert [path.name for path in media.rglob("*.pdf")] == [f"{credential.code}.pdf"]
    assert read_pdf(credential) == render_certificate(credential.words)


def test_of_two_made_at_once_one_is_kept(media: Path) -> None:
    credential = make_credential()
    slower = Credential.objects.get()
    store_pdf(credential)
    store_pdf(slower)
    assert slower.pdf.name == credential.pdf.name
    assert len(list(media.rglob("*.pdf"))) == 1


def test_a_torn_file_of_a_killed_worker_is_never_given_out(media: Path) -> None:
    credential = make_credential()
    torn = media / f"certificates/{credential.year}/{credential.issuer_id}/{credential.code}.pdf"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"%PDF-1.4 half")
    assert read_pdf(store_pdf(credential)) == render_certificate(credential.words)


def test_a_lost_file_is_made_again(media: Path) -> None:
    credential = store_pdf(make_credential())
    Path(credential.pdf.path).unlink()
    assert read_pdf(credential) == render_certificate(credential.words)
    assert Path(Credential.objects.get().pdf.path).exists()


def test_it_is_made_while_one_waits_if_no_worker_has_made_it() -> None:
    assert read_pdf(make_credential()).startswith(b"%PDF")
