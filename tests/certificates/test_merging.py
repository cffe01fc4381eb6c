"""A certificate and the merging of two records of its holder."""

import pytest

from accounts.services.merging import merge_people, undo_merge
from certificates.models import Credential
from certificates.queries import credentials_of
from tests.accounts.factories import make_person, make_user
from tests.certificates.factories import make_credential

pytestmark = pytest.mark.django_db


def test_a_certificate_keeps_its_words_and_finds_its_holder() -> None:
    credential = make_credential()
    gone, before = credential.completion.enrollment.person, Credential.objects.values().get()
    kept = make_user(person=make_person(surname="Boshqacha"))
    assert kept.person
    merge = merge_people(kept=kept.person, gone=gone, by=None)
    assert Credential.objects.values().get() == before
    assert credentials_of(kept).get() == credential
    undo_merge(merge, by=None)
    assert not credentials_of(kept).exists()
