"""The pages of tables: sent, columns named, looked at, written; and the same for programs."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from base.services.jobs import run_job
from enrollment.models import ColumnMemory, Import, Resident
from enrollment.services.imports import purge_imports
from tests.accounts.factories import make_token
from tests.enrollment.tables import codes, csv_of
from tests.pages import signed_in
from tests.personas import World

ROW = {"surname": "Sinovov", "given_name": "Anvar", "birth_date": "1990-02-01", "category": "poor"}


def send(user: User, content: bytes, *, kind: str = "residents", language: str = "en") -> Any:
    user.language = language
    user.save()
    data = {"kind": kind, "file": SimpleUploadedFile("people.csv", content)}
    return signed_in(user, language).post("/imports/", data)


def sent(user: User, content: bytes) -> Import:
    """A table that a worker has checked."""
    assert send(user, content).status_code == 302
    return worked(Import.objects.get())


def worked(table: Import) -> Import:
    run_job(table.job_id)
    return Import.objects.select_related("job").get(pk=table.pk)


def test_a_table_is_checked_shown_and_written(assistant: User) -> None:
    table = sent(assistant, csv_of([ROW, ROW | {"surname": "Boshqa", "category": "rich"}]))
    client, url = signed_in(assistant), f"/imports/{table.uuid}/"

    page = client.get(url).content.decode()
    assert "Write 1 row down" in page
    assert "There is none with this code or name here." in page
    assert not Resident.objects.exists()

    assert client.post(f"{url}apply/")["Location"] == url
    table = worked(table)
    assert table.is_applied
    assert Resident.objects.get().person.surname == "Sinovov"
    assert "The good rows are written down" in client.get(url).content.decode()
    assert client.post(f"{url}apply/").status_code == 302
    assert worked(table).is_applied
    assert Resident.objects.count() == 1

    result = client.get(f"{url}wrong-rows/")
    assert b"Boshqa" in b"".join(result.streaming_content)  # type: ignore[attr-defined]  # a file


def test_reasons_are_said_in_the_language_of_whoever_reads(assistant: User) -> None:
    send(assistant, csv_of([ROW | {"pinfl": "3010290"}, ROW, ROW | {"birth_date": "31.02.1990"}, ROW]), language="ru")
    assistant.language = "uz"  # the stored language is that of mails
    assistant.save()
    table = worked(Import.objects.get())

    for language, said in (
        ("ru", ["В ПИНФЛ 14 цифр, а здесь — 7.", "Этот человек уже стоит в строке 3."]),
        ("en", ["A PINFL has 14 digits; here are 7.", "This person stands in row 3 already."]),
        ("uz", ["JSHSHIR 14 ta raqamdan iborat, bu yerda esa 7 ta."]),
    ):
        page = signed_in(assistant, language).get(f"/imports/{table.uuid}/").content.decode()
        assert [words for words in said if words not in page] == []
    with table.job.result.open() as file:
        assert "В ПИНФЛ 14 цифр, а здесь — 7." in file.read().decode()
    token = make_token(assistant)
    answer = Client().get(
        f"/api/v1/imports/{table.uuid}", headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"}
    )
    assert answer.json()["errors"][0]["message"] == "A PINFL has 14 digits; here are 7."


def test_while_it_is_at_work_the_page_asks_again_and_can_stop_it(assistant: User) -> None:
    send(assistant, csv_of([ROW]))
    table = Import.objects.get()
    client = signed_in(assistant)

    assert 'hx-trigger="every 2s"' in client.get(f"/imports/{table.uuid}/").content.decode()
    client.post(f"/jobs/{table.uuid}/cancel/")
    assert "You stopped this work" in client.get(f"/imports/{table.uuid}/").content.decode()
    assert worked(table).job.status == "cancelled"

    client.post(f"/jobs/{table.uuid}/retry/")
    assert worked(table).is_checked


def test_headings_that_nobody_knows_are_named_once_and_remembered(assistant: User) -> None:
    content = b"Kim,Oti,Qachon,Toifa,PNFL\nSinovov,Anvar,1990-02-01,poor,30102901234567\n"
    table = sent(assistant, content)
    client, url = signed_in(assistant), f"/imports/{table.uuid}/"
    page = client.get(url).content.decode()
    assert "Which column is which?" in page
    assert "30102901234567" not in page

    answer = client.post(f"{url}columns/", {"column0": "surname", "column1": "surname"})
    assert answer.status_code == 422
    assert "read from another heading" in answer.content.decode()
    named = ["surname", "given_name", "birth_date", "category", ""]
    client.post(f"{url}columns/", {f"column{n}": name for n, name in enumerate(named)})
    assert worked(table).rows_new == 1
    assert ColumnMemory.objects.filter(user=assistant).count() == 5

    send(assistant, content)
    assert worked(Import.objects.exclude(pk=table.pk).get()).rows_new == 1


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The submitted file is empty"),
        (b"\x89PNG\r\n\x1a\n\0\0", "This is no table"),
        (b"PK\x03\x04junk", "This is no workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old kind"),
    ],
)
def test_what_is_no_table_gets_a_clear_answer(assistant: User, content: bytes, words: str) -> None:
    answer = send(assistant, content)
    page = answer.content.decode()
    if answer.status_code == 302:
        table = worked(Import.objects.get())
        page = signed_in(assistant).get(f"/imports/{table.uuid}/").content.decode()
    assert words in page


def test_a_file_that_is_too_large_is_not_kept(assistant: User, settings: Settings) -> None:
    settings.IMPORT_BYTES = 2**20
    answer = send(assistant, b"x" * 2**21)
    assert answer.status_code == 422
    assert "larger than 1 MB" in answer.content.decode()
    assert not Import.objects.exists()


def test_the_list_costs_the_same_for_one_and_for_three(assistant: User, django_assert_num_queries: Any) -> None:
    client = signed_in(assistant)
    for n in (1, 2):
        for _ in range(n):
            send(assistant, csv_of([ROW]))
        with django_assert_num_queries(5):
            client.get("/imports/")
        with django_assert_num_queries(5):
            client.get("/jobs/")


def test_programs_send_tables_and_ask_how_far_they_are(assistant: User, outsider: User) -> None:
    headers = {"Authorization": f"Bearer {make_token(assistant)}", "Idempotency-Key": "one"}
    content = csv_of([ROW, ROW | {"surname": "Boshqa", "category": "rich"}])
    answers = [
        Client().post(
            "/api/v1/imports",
            {"kind": "residents", "dry_run": "false", "file": SimpleUploadedFile("t.csv", content)},
            headers=headers,
        )
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    table = worked(Import.objects.get())

    answer = Client().get(f"/api/v1/imports/{table.uuid}", headers=headers).json()
    assert (answer["status"], answer["step"], answer["rows_total"], answer["rows_done"]) == ("done", "apply", 2, 2)
    assert codes(answer) == [(3, "category", "unknown")]
    assert Resident.objects.count() == 1
    result = Client().get(answer["result_url"].partition("8000")[2], headers=headers)
    assert b"Boshqa" in b"".join(result.streaming_content)  # type: ignore[attr-defined]  # a file

    stranger = {"Authorization": f"Bearer {make_token(outsider)}"}
    assert Client().get(f"/api/v1/imports/{table.uuid}", headers=stranger).status_code == 404


def test_a_program_that_asks_for_all_or_none_gets_none_while_a_row_is_wrong(assistant: User) -> None:
    headers = {"Authorization": f"Bearer {make_token(assistant)}"}
    for rows, step in (([ROW, ROW | {"category": "rich", "surname": "Boshqa"}], "check"), ([ROW], "apply")):
        data = {"kind": "residents", "dry_run": "false", "all_or_none": "true"}
        file = SimpleUploadedFile("t.csv", csv_of(rows))
        sent = Client().post("/api/v1/imports", data | {"file": file}, headers=headers).json()
        worked(Import.objects.get(uuid=sent["id"]))
        answer = Client().get(f"/api/v1/imports/{sent['id']}", headers=headers).json()
        assert (answer["status"], answer["step"]) == ("done", step)
        assert Resident.objects.count() == (step == "apply")


def test_a_dry_run_by_a_program_writes_nothing_and_a_large_file_is_refused(
    assistant: User, learner: User, world: World, settings: Settings
) -> None:
    def post(user: User, content: bytes) -> Any:
        data = {"kind": "residents", "file": SimpleUploadedFile("t.csv", content)}
        return Client().post("/api/v1/imports", data, headers={"Authorization": f"Bearer {make_token(user)}"})

    assert post(assistant, csv_of([ROW])).status_code == 201
    assert worked(Import.objects.get()).is_checked
    assert not Resident.objects.exists()
    assert post(learner, csv_of([ROW])).status_code == 403
    settings.IMPORT_BYTES = 10
    assert post(assistant, csv_of([ROW])).json()["code"] == "too-large"


def test_old_tables_are_purged_with_what_they_said(assistant: User) -> None:
    table = sent(assistant, csv_of([ROW | {"category": "rich"}]))
    assert purge_imports() == 0
    Import.objects.update(updated_at="2026-01-01T00:00Z")
    assert purge_imports() == 1
    table.refresh_from_db()
    assert not table.file
    assert not table.problems.exists()
    assert signed_in(assistant).get(f"/imports/{table.uuid}/").status_code == 200
