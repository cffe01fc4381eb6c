"""Issuing, revoking, replacing: each once, whoever asks and how often."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.models import AuditEvent, User
from base.errors import InvalidInput
from base.models import Notice
from certificates import queries
from certificates.models import Credential, IssuerCounter
from certificates.services.credentials import (
    AwaitsConfirmation,
    NotCompleted,
    issue_credential,
    replace_credential,
    revoke_credential,
    settle_completion,
)
from courses.models import Course
from enrollment.models import Completion, Enrollment
from enrollment.services.completions import correct_completion
from tests.accounts.factories import make_organization, make_person, make_profession, make_user
from tests.certificates.factories import make_completion, make_course_of, make_credential
from tests.enrollment.factories import make_cohort

pytestmark = pytest.mark.django_db


def enrollment_of(credential: Credential) -> Enrollment:
    return Enrollment.objects.get(completions__credentials=credential)


def test_issuing_freezes_the_words_and_numbers_them() -> None:
    issuer = make_organization(code="ymm", signatory="S. R. Qodirova")
    course = make_course_of(issuer, title={"uz": "Tikuvchilik", "ru": "Швейное дело"}, profession=make_profession())
    person = make_person(surname="Gʻaniyeva", given_name="Oʻgʻiloy", patronymic="Toʻlqin qizi")
    completion = make_completion(cohort=make_cohort(course=course, language="ru"), person=person)
    credential = issue_credential(completion)
    year = timezone.localdate().year
    assert credential.number == f"YMM-{year}-000001"
    words = credential.words
    assert words.holder == "Gʻaniyeva Oʻgʻiloy Toʻlqin qizi"
    assert words.course == "Швейное дело"
    assert words.language == "ru"
    assert words.grade == completion.grade
    assert words.hours == completion.enrollment.cohort.version.hours
    assert words.signatory_name == "S. R. Qodirova"
    assert words.verify_url.endswith(f"/verify/{credential.code}/")
    assert [detail.value for detail in words.details][1].startswith("91,5")
    person.surname = "Karimova"
    person.save()
    assert Credential.objects.get().words == words


def test_the_enrollment_and_the_audit_learn_of_it() -> None:
    credential = make_credential()
    enrollment = enrollment_of(credential)
    assert (enrollment.credential_code, enrollment.credential_issued_on) == (credential.code, credential.issued_on)
    assert AuditEvent.objects.filter(action="credential.issued", object_id=str(credential.uuid)).count() == 1


def test_issuing_twice_gives_the_same() -> None:
    completion = make_completion()
    assert issue_credential(completion) == issue_credential(completion)
    assert IssuerCounter.objects.get().last_number == 1


def test_numbers_are_counted_by_issuer_and_year(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_organization(code="a1"), make_organization(code="b2")
    numbers = [make_credential(issuer=issuer).number for issuer in (first, second, first)]
    monkeypatch.setattr(timezone, "localdate", lambda: date(2031, 1, 1))
    numbers.append(make_credential(issuer=first).number)
    year = timezone.now().year
    assert numbers == [f"A1-{year}-000001", f"B2-{year}-000001", f"A1-{year}-000002", "A1-2031-000001"]


def test_a_failure_in_the_middle_leaves_no_gap() -> None:
    completion = make_completion()
    with transaction.atomic():
        issue_credential(completion)
        transaction.set_rollback(True)  # the worker dies here
    assert issue_credential(completion).sequence == 1


def test_what_was_not_met_gets_none() -> None:
    with pytest.raises(NotCompleted):
        issue_credential(make_completion(is_met=False))
    assert not IssuerCounter.objects.exists()


def test_a_course_may_wait_for_the_centre() -> None:
    completion = make_completion(issuing=Course.Issuing.CONFIRMED)
    with pytest.raises(AwaitsConfirmation):
        issue_credential(completion)
    settle_completion(completion)
    assert not Credential.objects.exists()
    user = make_user()
    credential = issue_credential(completion, by=user)
    assert AuditEvent.objects.get(action="credential.issued").actor == user
    assert issue_credential(completion) == credential


def test_revoking_says_why_and_happens_once() -> None:
    credential, user = make_credential(), make_user()
    with pytest.raises(InvalidInput):
        revoke_credential(credential, reason="  ", by=user)
    revoked = revoke_credential(credential, reason="Issued by mistake.", by=user)
    assert (revoked.status, revoked.reason, revoked.revoked_by) == ("revoked", "Issued by mistake.", user)
    again = revoke_credential(credential, reason="Another reason.", by=make_user())
    assert (again.reason, again.revoked_at) == (revoked.reason, revoked.revoked_at)
    assert AuditEvent.objects.filter(action="credential.revoked").count() == 1


def test_a_revoked_one_is_not_issued_again_by_itself() -> None:
    credential = make_credential()
    revoke_credential(credential, reason="Issued by mistake.", by=None)
    settle_completion(credential.completion)
    assert issue_credential(credential.completion) == credential
    assert Credential.objects.count() == 1
    assert not queries.completions_to_issue().exists()


def test_replacing_revokes_and_issues_with_the_words_of_now() -> None:
    credential, user = make_credential(), make_user()
    person = credential.completion.enrollment.person
    person.surname = "Toʻgʻrilangan"
    person.save()
    fresh = replace_credential(credential, reason="The name was misspelt.", by=user)
    credential.refresh_from_db()
    assert (credential.status, credential.superseded_by) == ("revoked", fresh)
    assert fresh.words.holder.startswith("Toʻgʻrilangan")
    assert fresh.sequence == credential.sequence + 1
    assert enrollment_of(fresh).credential_code == fresh.code
    assert replace_credential(credential, reason="Again.", by=user) == fresh
    assert issue_credential(credential.completion) == fresh


def test_a_corrected_decision_takes_the_certificate_back_and_may_give_another() -> None:
    credential, user = make_credential(), make_user()
    enrollment = credential.completion.enrollment
    settle_completion(correct_completion(enrollment, is_met=False, reason="Copied.", by=user))
    credential.refresh_from_db()
    assert credential.is_revoked
    assert enrollment_of(credential).credential_code == ""
    completion = correct_completion(enrollment, is_met=True, reason="It was not.", by=user)
    settle_completion(completion)
    credential.refresh_from_db()
    assert credential.superseded_by == completion.credentials.get()


def test_the_database_refuses_a_second_one_in_force() -> None:
    credential = make_credential()
    credential.pk, credential.code, credential.number, credential.sequence = None, "X", "X", 2
    credential.uuid = make_user().uuid
    with pytest.raises(IntegrityError, match=r"credential_one_in_force|certificates_credential\.completion_id"):
        credential.save(force_insert=True)


def test_the_holder_is_told(learner: User) -> None:
    credential = make_credential(person=learner.person)
    revoke_credential(credential, reason="Issued by mistake.", by=None)
    notices = list(Notice.objects.filter(user=learner).order_by("id").values_list("kind", "url"))
    url = f"/verify/{credential.code}/"
    assert notices[-2:] == [("credential-issued", url), ("credential-revoked", url)]


# --- Concurrency ------------------------------------------------------------------------------
def issue_in_thread(completion: Completion) -> int:
    try:
        return issue_credential(completion).pk
    finally:
        connection.close()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_workers_issue_gapless_and_once_each() -> None:
    issuer = make_organization()
    cohort = make_cohort(course=make_course_of(issuer), seats=None)
    completions = [make_completion(cohort=cohort) for _ in range(20)]
    with ThreadPoolExecutor(20) as pool:
        issued = list(pool.map(issue_in_thread, completions * 3))
    assert set(Counter(issued).values()) == {3}
    assert sorted(Credential.objects.values_list("sequence", flat=True)) == list(range(1, 21))
    assert IssuerCounter.objects.get().last_number == 20


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_twenty_workers_issue_one_completion_once() -> None:
    completion = make_completion()
    with ThreadPoolExecutor(20) as pool:
        assert len(set(pool.map(issue_in_thread, [completion] * 20))) == 1
    assert Credential.objects.get().sequence == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_issuing_revoking_and_correcting_at_once_end_in_order() -> None:
    user: User = make_user()
    completion = make_completion()
    credential = issue_credential(completion)

    def act(n: int) -> None:
        try:
            if n % 3 == 0:
                settle_completion(completion)
            elif n % 3 == 1:
                revoke_credential(credential, reason="Void.", by=user)
            else:
                replace_credential(credential, reason="Misspelt.", by=user)
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(act, range(24)))
    credential.refresh_from_db()
    assert credential.is_revoked
    assert Credential.objects.get(status="issued") == credential.superseded_by
    assert sorted(Credential.objects.values_list("sequence", flat=True)) == [1, 2]
