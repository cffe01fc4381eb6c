from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.utils import timezone
from django.utils.translation import override

from accounts.models import Organization, User
from base.errors import InvalidInput
from base.models import Job
from base.services.jobs import due_jobs, run_job
from courses.interop.drafts import Draft
from courses.models import Question, QuestionFile, QuestionLoss
from courses.queries import BankFilter
from courses.services.bank import add_category, remove_category
from courses.services.exchange import Taking
from courses.services.question_files import (
    NotChecked,
    Purged,
    order_questions,
    purge_question_files,
    send_questions,
    take_questions,
)
from tests.accounts.factories import make_membership, make_organization, make_user
from tests.courses.factories import make_question
from tests.courses.interop.reading import FILES, items

pytestmark = pytest.mark.django_db
Step = QuestionFile.Step


@pytest.fixture
def home(db: None) -> Organization:
    return make_organization()


@pytest.fixture
def author(home: Organization) -> User:
    return make_user(role="instructor", place=home, language="en")


def send(home: Organization, by: User, data: bytes, name: str = "a.gift", **more: Any) -> QuestionFile:
    return send_questions(home, ContentFile(data, name), name=name, by=by, **{"language": "uz"} | more)


def run(file: QuestionFile) -> QuestionFile:
    run_job(file.job_id)
    return QuestionFile.objects.select_related("job").get(pk=file.pk)


MANY = b"".join(b"Savol %d? {=a ~b}\n\n" % n for n in range(70)) + b"Matn\n\nSavol 1? {=a ~b}\n"


def test_a_file_is_checked_and_then_taken(home: Organization, author: User) -> None:
    with override("en"):  # the reasons are kept in the language in which it was sent
        sent = send(home, author, (FILES / "every_kind.xml").read_bytes(), "savollar.xml")
    with pytest.raises(NotChecked):
        take_questions(sent, by=author)
    sent = run(sent)
    assert (sent.is_checked, sent.format, sent.taken, sent.known, sent.refused) == (True, "moodle-xml", 14, 0, 18)
    assert not Question.objects.exists()
    assert sent.losses.filter(is_refused=True).count() == 18
    left = list(sent.losses.filter(is_refused=False).order_by("id").values_list("name", "reason"))
    assert ("Bir tanlov", "hints for further tries") in left
    for _again in range(2):
        sent = take_questions(sent, by=author)
    sent = run(sent)
    assert (sent.step, sent.job.status, sent.taken, sent.known, sent.refused) == (Step.TAKE, "done", 14, 0, 18)
    assert Question.objects.filter(organization=home).count() == 14
    assert sent.losses.filter(is_refused=True).count() == 18
    again = run(send(home, author, (FILES / "every_kind.xml").read_bytes(), "savollar.xml"))
    assert (again.taken, again.known, again.new) == (14, 14, 0)


def test_a_question_twice_in_a_file_is_one(home: Organization, author: User) -> None:
    sent = run(send(home, author, MANY))
    assert (sent.taken, sent.known, sent.new, sent.refused) == (71, 1, 70, 1)
    sent = run(take_questions(sent, by=author))
    assert (sent.taken, sent.known, Question.objects.count()) == (71, 1, 70)


def test_a_killed_worker_is_followed_by_one_that_goes_on(
    home: Organization, author: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = take_questions(run(send(home, author, MANY)), by=author)
    take = Taking.take

    def die_at_forty_five(self: Taking, draft: Draft) -> bool:
        if draft.title == "Savol 45?":
            raise MemoryError
        return take(self, draft)

    monkeypatch.setattr(Taking, "take", die_at_forty_five)
    with pytest.raises(MemoryError):
        run(sent)
    assert (Question.objects.count(), Job.objects.get(pk=sent.job_id).checkpoint["at"]) == (40, 40)
    monkeypatch.setattr(Taking, "take", take)
    Job.objects.filter(pk=sent.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert due_jobs() == [sent.job_id]
    sent = run(sent)
    assert (sent.job.status, sent.taken, sent.known, sent.refused) == ("done", 71, 1, 1)
    assert Question.objects.count() == 70
    assert QuestionLoss.objects.filter(file=sent).count() == 1


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"<quiz>", "a.xml"), (b"", "a.gift"), (b"hello", "a.bin"), (b"\xff\x00\xff", "a.gift"), (b"PK", "a.xlsx")],
)
def test_a_file_that_cannot_be_read_fails_in_words(home: Organization, author: User, data: bytes, name: str) -> None:
    sent = run(send(home, author, data, name))
    assert sent.job.status == "failed"
    with override("en"):
        words = sent.job.why
    with override("ru"):
        assert sent.job.why not in ("", words)
    assert not Question.objects.exists()


def test_an_unknown_format_is_refused_at_once(home: Organization, author: User) -> None:
    with pytest.raises(InvalidInput):
        send(home, author, MANY, form="qti")
    with pytest.raises(InvalidInput):
        order_questions(home, form="aiken", asked=BankFilter(), by=author)


def test_whoever_writes_no_more_takes_nothing(home: Organization, author: User) -> None:
    sent = take_questions(run(send(home, author, MANY)), by=author)
    author.memberships.update(ends_on=timezone.localdate() - timedelta(days=1))
    assert run(sent).job.error_code == "not-yours"
    assert not Question.objects.exists()
    assert not QuestionFile.objects.visible_to(User.objects.get(pk=author.pk)).exists()


def test_only_ones_own_files_of_ones_banks_are_seen(home: Organization, author: User) -> None:
    sent = send(home, author, MANY)
    colleague, stranger = make_user(), make_user()
    make_membership(user=colleague, role="instructor", place=home)
    for user, found in ((author, 1), (colleague, 0), (stranger, 0)):
        assert QuestionFile.objects.visible_to(User.objects.get(pk=user.pk)).filter(pk=sent.pk).count() == found


def test_a_folder_is_written_with_what_lies_below(home: Organization, author: User) -> None:
    folder = add_category(home, name="Choklar", by=None)
    inner = add_category(home, name="Ichki", parent=folder, by=None)
    make_question(home, "true-false", text={"uz": "Ichkarida?"}, category=inner, tags=["a"])
    make_question(home, "true-false", text={"uz": "Tashqarida?"})
    make_question(home, "ordering", text={"uz": "Tartib?"}, category=folder)
    written = run(order_questions(home, form="gift", asked=BankFilter(category=folder), by=author))
    assert (written.job.status, written.taken, written.refused) == ("done", 1, 1)
    assert [(loss.name, loss.kind) for loss in written.losses.all()] == [("Tartib?", "ordering")]
    text = written.job.result.read().decode()
    assert "$CATEGORY: $course$/top/Choklar/Ichki" in text
    assert "Ichkarida?" in text
    assert "Tashqarida?" not in text


def test_a_folder_that_is_gone_meanwhile_is_said(home: Organization, author: User) -> None:
    folder = add_category(home, name="Choklar", by=None)
    written = order_questions(home, form="gift", asked=BankFilter(category=folder), by=author)
    remove_category(folder, by=None)
    assert run(written).job.error_code == "gone"


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_file_taken_by_many_at_once_is_there_once() -> None:
    home = make_organization()
    drafts = [item for item in items("every_kind.xml") if isinstance(item, Draft)]

    def take_all(_n: int) -> None:
        taking = Taking(home, by=None)
        for draft in drafts:
            taking.take(draft)
        connection.close()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(take_all, range(4)))
    assert Question.objects.filter(organization=home).count() == len(drafts)
    assert home.bank_pictures.count() == 1
    assert home.question_categories.count() == 3


def test_reasons_are_said_in_the_language_of_whoever_reads(home: Organization, author: User) -> None:
    sent = run(send(home, author, b"Tanlang {=%1x%a ~b}\n\nNima? {=a ~b <script>x</script>}\n\nQancha? {#bir}\n"))
    told = {}
    for language in ("en", "ru"):
        with override(language):
            told[language] = [str(loss) for loss in sent.losses.all()]
    assert told["en"] != told["ru"]
    assert any("“bir” is no" in words or "“bir”" in words for words in told["en"])
    assert all("bir" in " ".join(words) for words in told.values())


def test_old_files_are_removed_and_not_taken_any_more(home: Organization, author: User) -> None:
    sent, fresh = run(send(home, author, MANY)), run(send(home, author, b"Nima? {=a ~b}"))
    assert purge_question_files() == 0
    long_ago = timezone.now() - timedelta(days=31)
    QuestionFile.objects.filter(pk=sent.pk).update(updated_at=long_ago)
    Job.objects.filter(pk=sent.job_id).update(ended_at=long_ago)
    assert [purge_question_files() for _ in range(2)] == [1, 0]
    sent = QuestionFile.objects.get(pk=sent.pk)
    assert not sent.file
    assert sent.is_purged
    assert not sent.losses.exists()
    with pytest.raises(Purged):
        take_questions(sent, by=author)
    assert take_questions(fresh, by=author)
