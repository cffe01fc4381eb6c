"""The pages: what the public sees, what holders keep, what issuers do, and what nobody else may."""

import re
import time
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import Person, User
from certificates.models import Credential
from certificates.services.credentials import revoke_credential
from courses.models import Course
from tests.accounts.factories import make_membership, make_user
from tests.certificates.factories import make_completion, make_course_of, make_credential
from tests.enrollment.factories import make_cohort
from tests.personas import World

pytestmark = pytest.mark.django_db
REASON = {"reason": "The name was misspelt."}


@pytest.fixture(autouse=True)
def separate(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    cache.clear()


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def verify_url(credential: Credential) -> str:
    return reverse("certificates:credential_verify", args=[credential.code])


# --- The public -------------------------------------------------------------------------------
def test_the_public_sees_every_fact_of_the_paper(client: Client) -> None:
    credential = make_credential()
    page = client.get(verify_url(credential))
    text = page.content.decode()
    words = credential.words
    for fact in (words.holder, words.course, words.issuer, words.number, words.place_and_date):
        assert fact in text
    for detail in words.details:
        assert detail.value in text
    assert page["X-Robots-Tag"] == "noindex, nofollow"


def test_the_facts_stay_those_of_the_paper(client: Client) -> None:
    credential = make_credential()
    person = credential.completion.enrollment.person
    person.surname = "Oʻzgargan"
    person.save()
    assert "Oʻzgargan" not in client.get(verify_url(credential)).content.decode()


def test_a_revoked_one_says_so_why_and_what_replaced_it(client: Client) -> None:
    credential = make_credential()
    revoke_credential(credential, reason="Issued by mistake.", by=None)
    text = client.get(verify_url(credential)).content.decode()
    assert "Issued by mistake." in text
    assert credential.words.holder in text
    assert reverse("certificates:credential_pdf", args=[credential.code]) not in text
    assert client.get(reverse("certificates:credential_pdf", args=[credential.code])).status_code == 410


def test_a_code_is_found_as_it_is_typed(client: Client) -> None:
    credential = make_credential()
    typed = "-".join(re.findall("....", credential.code.lower()))
    answer = client.post(reverse("certificates:verify"), {"code": typed})
    assert answer["Location"] == verify_url(credential)
    assert client.get(f"/verify/{typed}/").status_code == 200


def test_a_number_opens_nothing_without_the_surname(client: Client) -> None:
    credential = make_credential()
    url, surname = reverse("certificates:verify"), credential.words.holder.split()[0]
    assert client.post(url, {"code": credential.number}).status_code == 422
    assert client.post(url, {"code": credential.number, "surname": "Boshqa"}).status_code == 422
    assert client.post(url, {"code": credential.number, "surname": surname[:3]}).status_code == 422
    for typed in (credential.number, f"№ {credential.number.lower()}"):
        answer = client.post(url, {"code": typed, "surname": surname.upper()})
        assert answer["Location"] == verify_url(credential)


@pytest.mark.parametrize("code", ["0" * 16, "short", "\x00" * 16, "ў" * 16, "%00", "0" * 5000])
def test_an_unknown_code_is_answered_clearly(client: Client, code: str) -> None:
    assert client.get(f"/verify/{code}/").status_code == 404
    assert client.get(f"/certificates/{code}.pdf").status_code == 404
    assert client.get(f"/verify/{code}/", headers={"Accept": "application/json"}).json()["status"] == 404
    assert client.post("/verify/", {"code": code, "surname": "x"}).status_code == 422


def test_programs_get_json(client: Client) -> None:
    credential = make_credential()
    answer = client.get(verify_url(credential), headers={"Accept": "application/json"})
    facts = answer.json()
    assert facts["holder"] == credential.words.holder
    assert facts["grade"] == 91.5
    assert facts["status"] == "issued"
    assert facts["pdf_url"].endswith(f"/certificates/{credential.code}.pdf")
    assert "Accept" in answer["Vary"]


def test_the_pdf_is_shown_in_place(client: Client) -> None:
    credential = make_credential()
    answer = client.get(reverse("certificates:credential_pdf", args=[credential.code]))
    assert answer.content.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'inline; filename="{credential.number}.pdf"'
    assert answer["Cache-Control"] == "private, no-cache"
    assert Credential.objects.get().pdf


def test_guessing_is_slowed_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now)  # or the tries fall into two minutes
    url, tried = reverse("certificates:verify"), {"code": "X-2026-000001", "surname": "Karimov"}
    statuses = [client.post(url, tried).status_code for _ in range(21)]
    assert statuses == [422] * 20 + [429]
    assert [client.get("/verify/0000000000000000/").status_code for _ in range(121)][-1] == 429


# --- The holder -------------------------------------------------------------------------------
def test_learners_find_their_own_certificates_alone(learner: User, outsider: User) -> None:
    own, other = make_credential(person=learner.person), make_credential(person=outsider.person)
    text = signed_in(learner).get(reverse("certificates:credential_list")).content.decode()
    assert own.number in text
    assert other.number not in text


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_of_a_holder_costs_the_same_for_any_length(
    rows: int, learner: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_credential(person=learner.person)
    client = signed_in(learner)
    with django_assert_num_queries(5):
        client.get(reverse("certificates:credential_list"))


# --- The issuer -------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_an_issuer_cost_the_same_for_any_length(
    rows: int, centre_manager: User, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    confirmed = make_cohort(course=make_course_of(world.centre, Course.Issuing.CONFIRMED), seats=None)
    automatic = make_cohort(course=make_course_of(world.centre), seats=None)
    for _ in range(rows):
        make_completion(cohort=confirmed)
        make_credential(cohort=automatic)
    client = signed_in(centre_manager)
    with django_assert_num_queries(6):
        text = client.get(reverse("certificates:completion_list")).content.decode()
    assert text.count("/confirm/") == rows
    with django_assert_num_queries(6):
        text = client.get(reverse("certificates:issued_list")).content.decode()
    assert text.count("/revoke/") == rows


def test_the_centre_confirms_and_the_certificate_is_issued(centre_manager: User, world: World) -> None:
    completion = make_completion(issuer=world.centre, issuing=Course.Issuing.CONFIRMED)
    client = signed_in(centre_manager)
    url = reverse("certificates:completion_confirm", args=[completion.uuid])
    for _ in range(2):
        assert client.post(url).status_code == 302
    assert Credential.objects.get().completion == completion
    assert str(completion.uuid) not in client.get(reverse("certificates:completion_list")).content.decode()


def test_only_the_centres_managers_confirm_and_not_for_themselves(
    centre_manager: User, instructor: User, outsider: User, learner: User, world: World
) -> None:
    cohort = make_cohort(course=make_course_of(world.centre, Course.Issuing.CONFIRMED), seats=None)
    completion = make_completion(cohort=cohort)
    own = make_completion(cohort=cohort, person=centre_manager.person)
    url = reverse("certificates:completion_confirm", args=[completion.uuid])
    assert signed_in(instructor).post(url).status_code == 403
    assert signed_in(outsider).post(url).status_code == 404
    assert signed_in(learner).post(url).status_code == 404
    own_url = reverse("certificates:completion_confirm", args=[own.uuid])
    assert signed_in(centre_manager).post(own_url).status_code == 403
    assert not Credential.objects.exists()


@pytest.mark.parametrize("action", ["revoke", "replace"])
def test_revoking_and_replacing_ask_for_a_reason_first(action: str, centre_manager: User, world: World) -> None:
    credential = make_credential(issuer=world.centre)
    client = signed_in(centre_manager)
    url = reverse(f"certificates:credential_{action}", args=[credential.uuid])
    assert credential.number in client.get(url).content.decode()
    assert client.post(url, {"reason": " "}).status_code == 422
    answer = client.post(url, REASON)
    credential.refresh_from_db()
    assert credential.is_revoked
    shown = credential.superseded_by or credential
    assert (shown == credential) == (action == "revoke")
    assert answer["Location"] == verify_url(shown)
    assert client.post(url, REASON).status_code == 302


@pytest.mark.parametrize("action", ["revoke", "replace"])
def test_strangers_cannot_touch_a_certificate(
    action: str, instructor: User, outsider: User, learner: User, world: World
) -> None:
    credential = make_credential(issuer=world.centre, person=learner.person)
    url = reverse(f"certificates:credential_{action}", args=[credential.uuid])
    assert signed_in(instructor).post(url, REASON).status_code == 403
    assert signed_in(learner).post(url, REASON).status_code == 403
    assert signed_in(outsider).post(url, REASON).status_code == 404
    assert Client().post(url, REASON).status_code == 302
    assert not Credential.objects.get().is_revoked


def test_nobody_revokes_ones_own(world: World) -> None:
    manager = make_user(role="centre-manager", place=world.centre)
    make_membership(user=manager, role="academy-admin", place=world.academy)
    credential = make_credential(issuer=world.centre, person=manager.person)
    url = reverse("certificates:credential_revoke", args=[credential.uuid])
    assert signed_in(manager).post(url, REASON).status_code == 403


def test_the_list_of_an_issuer_is_filtered(centre_manager: User, world: World) -> None:
    first, second = make_credential(issuer=world.centre), make_credential(issuer=world.centre)
    revoke_credential(second, reason="Void.", by=None)
    client, url = signed_in(centre_manager), reverse("certificates:issued_list")

    def numbers(**query: str) -> set[str]:
        text = client.get(url, query).content.decode()
        return {credential.number for credential in (first, second) if credential.number in text}

    assert numbers() == {first.number, second.number}
    assert numbers(status="revoked") == {second.number}
    assert numbers(q=first.number.lower()) == {first.number}
    assert numbers(q=second.words.holder.split()[0]) == {second.number}
    Person.objects.filter(enrollments__completions__credentials=second).update(surname="New", search_key="new")
    assert numbers(q=second.words.holder.split()[0].upper()) == {second.number}  # as it is printed
    assert numbers(q="new") == numbers(q="?") == set()
    assert client.get(url, {"after": "nonsense"}).status_code == 404


@pytest.mark.parametrize("name", ["completion_list", "issued_list"])
def test_lists_of_issuers_are_not_for_learners(name: str, learner: User) -> None:
    assert signed_in(learner).get(reverse(f"certificates:{name}")).status_code == 403
