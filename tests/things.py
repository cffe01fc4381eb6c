"""One thing of each kind in the personas' world, all of them the learner's or the centre's."""

from dataclasses import dataclass
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import ApiToken, Organization, Person, User
from base.models import Notice, Upload
from base.services.uploads import start_upload
from certificates.models import Credential
from courses.models import (
    BankPicture,
    Course,
    CourseVersion,
    Criterion,
    Lesson,
    Question,
    QuestionCategory,
    QuestionFile,
    QuizItem,
)
from courses.services.bank import add_category
from courses.services.question_files import send_questions
from courses.services.reviews import add_comment
from enrollment.models import (
    Cohort,
    Completion,
    Enrollment,
    EnrollmentRequest,
    Household,
    Import,
    Meeting,
    Objection,
    Outcome,
    PossibleDuplicate,
    Referral,
    Relocation,
    ReportReason,
    Resident,
    TrainingAssignment,
    Wish,
)
from enrollment.services.imports import start_import
from enrollment.services.mandatory import settle_people
from enrollment.services.objections import contest_figure
from enrollment.services.outcomes import record_outcome
from enrollment.services.requests import ask_for_place
from learning.models import Attempt, AttemptQuestion, Post, WorkFile
from learning.services.answers import save_file
from learning.services.attempts import start_attempt, submit_attempt
from learning.services.discussions import reply, start_thread
from learning.services.marking import finish_mark
from learning.services.moderation import mute_author
from learning.services.notes import save_note
from learning.services.works import add_file, hand_in
from live.models import LiveSession
from reports.models import PlanLine
from reports.services.completion import freeze_completion
from reports.services.plans import LinePlan, add_line, agree_plan, start_plan
from tests.accounts.factories import make_organization, make_person, make_profession, make_token, make_user
from tests.certificates.factories import make_completion, make_credential
from tests.courses.factories import (
    make_attachment,
    make_course,
    make_film,
    make_grade_category,
    make_marked,
    make_module,
    make_picture,
    make_published_course,
    make_quiz,
    publish,
)
from tests.enrollment.factories import (
    make_cohort,
    make_duplicate,
    make_enrollment,
    make_household,
    make_meeting,
    make_open_referral,
    make_referred_enrollment,
    make_relocation,
    make_resident,
    make_room,
    make_rule,
    make_wish,
)
from tests.live.factories import make_session
from tests.personas import World


@dataclass(frozen=True)
class Things:
    """What the addresses of `place_of` name."""

    world: World
    household: Household
    resident: Resident
    wish: Wish
    relocation: Relocation
    duplicate: PossibleDuplicate
    course: Course
    cohort: Cohort
    referral: Referral
    application: Referral
    assignment: TrainingAssignment
    request: EnrollmentRequest
    enrollment: Enrollment
    attempt: Attempt
    essay: AttemptQuestion
    outcome: Outcome
    session: LiveSession
    meeting: Meeting
    objection: Objection
    plan_line: PlanLine
    credential: Credential
    awaiting: Completion
    draft: CourseVersion
    question: Question
    folder: QuestionCategory
    picture: BankPicture
    token: ApiToken
    notice: Notice
    table: Import
    question_file: QuestionFile
    unit: Organization
    work_file: WorkFile
    criterion: Criterion
    upload: Upload

    def lesson(self, kind: str) -> Lesson:
        """A lesson of the course that is being learned."""
        return self.enrollment.cohort.version.lessons.filter(kind=kind)[0]

    @property
    def post(self) -> Post:
        return Post.objects.get(thread__cohort=self.cohort, number=1)

    @property
    def draft_quiz(self) -> Lesson:
        return self.draft.lessons.get()

    @property
    def item(self) -> QuizItem:
        return self.draft_quiz.items.get()

    @property
    def learner(self) -> Person:
        return self.enrollment.person


@pytest.fixture
def things(world: World, learner: User, assistant: User, instructor: User) -> Things:
    """The learner lives in the assistant's mahalla, learns at the centre, and was referred there once more."""
    assert learner.person is not None
    household = make_household(mahalla=world.mahalla)
    resident = make_resident(household=household, person=learner.person)
    cohort = make_cohort(course=make_published_course(("page", "quiz", "on-site", "live"), provider=world.centre))
    cohort.instructors.add(instructor)
    enrollment = make_referred_enrollment(cohort=cohort, resident=resident)
    course = make_published_course(("page",), provider=world.centre)
    draft = CourseVersion.objects.get(course=make_course(provider=world.centre))
    quiz = make_quiz(make_module(draft), ("single",))
    make_grade_category(draft)
    outcome = record_outcome(enrollment, kind="land", on=timezone.localdate(), source="x", by=learner)
    make_token(learner)
    _give_files(cohort.version, draft)
    _say_something(enrollment, instructor)
    save_note(enrollment, enrollment.cohort.version.lessons.get(kind="page"), uuid=uuid4(), text="Oʻlchov")
    freeze_completion(timezone.localdate())
    return Things(
        world=world,
        household=household,
        resident=resident,
        wish=make_wish(resident=resident),
        relocation=make_relocation(resident=resident),
        duplicate=make_duplicate(resident=resident),
        course=course,
        cohort=cohort,
        referral=make_open_referral(resident=resident, cohort=make_cohort(course=course)),
        application=make_open_referral(resident=resident, door=Referral.Door.SELF),
        request=ask_for_place(make_cohort(organization=world.academy, on_request=True), by=learner),
        assignment=_make_assignment(learner.person, course, world.academy),
        enrollment=enrollment,
        attempt=start_attempt(enrollment, enrollment.cohort.version.lessons.get(kind="quiz")),
        essay=_make_essay(learner, world),
        outcome=outcome,
        session=make_session(cohort),
        objection=contest_figure(enrollment, about="grade", words="x", by=learner),
        meeting=make_meeting(cohort, room=make_room(world.centre)),
        plan_line=_make_plan_line(world),
        credential=make_credential(person=learner.person, issuer=world.centre),
        awaiting=make_completion(person=make_person(), issuer=world.centre, issuing=Course.Issuing.CONFIRMED),
        draft=draft,
        question=Question.objects.get(items__lesson=quiz),
        folder=add_category(world.centre, name="Choklar", by=None),
        picture=make_picture(world.centre),
        token=ApiToken.objects.get(user=learner),
        notice=_make_notice(learner),
        table=_make_table(assistant),
        question_file=_make_question_file(world.centre, instructor),
        unit=make_organization(kind="hokimiyat", parent=world.hokimiyat),
        work_file=_make_work(learner, world),
        criterion=make_marked(make_module(make_course(provider=world.centre).versions.get())).criteria.all()[0],
        upload=start_upload(learner, target="x", name="ish.pdf", size=9),
    )


def _say_something(enrollment: Enrollment, instructor: User) -> None:
    """A question of the learner, and another one who was muted for a remark."""
    cohort, other = enrollment.cohort, make_user()
    make_enrollment(cohort=cohort, person=other.person)
    page, words = cohort.version.lessons.get(kind="page"), {"title": "Savol", "text": "Igna qanday tanlanadi?"}
    thread = start_thread(cohort, page, **words, uuid=uuid4(), by=enrollment.person.user)
    remark = reply(thread, text="Reklama", uuid=uuid4(), by=other)
    reason = ReportReason.objects.get(code="advertising")
    mute_author(remark, until=timezone.localdate(), reason=reason, by=instructor)


def _make_essay(learner: User, world: World) -> AttemptQuestion:
    """A file that waits for the grade of somebody at the centre."""
    course = make_course(provider=world.centre)
    make_quiz(make_module(course.versions.get()), ("file",))
    publish(course.versions.get())
    course.refresh_from_db()
    enrollment = make_enrollment(cohort=make_cohort(course=course), person=learner.person)
    attempt = start_attempt(enrollment, enrollment.cohort.version.lessons.get())
    save_file(attempt, attempt.questions.get(), SimpleUploadedFile("ish.pdf", b"%PDF-1.7"))
    submit_attempt(attempt)
    return attempt.questions.get()


def _make_work(learner: User, world: World) -> WorkFile:
    """A file in work that is marked, with an answer in a file; practical work stands beside it."""
    course = make_published_course(("assignment", "practical"), provider=world.centre)
    enrollment = make_enrollment(cohort=make_cohort(course=course), person=learner.person)
    lesson = enrollment.cohort.version.lessons.get(kind="assignment")
    file = add_file(enrollment, lesson, file=SimpleUploadedFile("ish.pdf", b"%PDF-1.7"))
    reached = {str(one.pk): 1 for one in lesson.criteria.all()}
    answer = [SimpleUploadedFile("izoh.pdf", b"%PDF-1.7")]
    finish_mark(hand_in(enrollment, lesson, by=learner), reached=reached, comment="", files=answer, by=make_user())
    return file


def _make_assignment(person: Person, course: Course, academy: Organization) -> TrainingAssignment:
    settle_people(make_rule(course=course, issuer=academy), [person.pk])
    return TrainingAssignment.objects.get(person=person)


def _make_plan_line(world: World) -> PlanLine:
    """A line of an agreed plan of the learner's district that is the centre's to fill."""
    by, district = make_user(), world.mahalla.district
    plan = start_plan(district=district, year=timezone.localdate().year + 1, season="first", by=by)
    wanted = LinePlan(profession=make_profession(), organization=world.centre, target=1, owner=by, due_on=plan.ends_on)
    line = add_line(plan, wanted, by=by)
    agree_plan(plan, by=by)
    return PlanLine.objects.get(pk=line.pk)


def _make_notice(user: User) -> Notice:
    params = {"resident": "Sinovova", "course": {"uz": "Kurs"}}
    return Notice.objects.create(user=user, kind="referral-waitlisted", key="things", params=params)


def _make_table(user: User) -> Import:
    table = start_import("residents", ContentFile(b"surname", "t.csv"), name="t.csv", by=user)
    table.job.result.save("wrong.csv", ContentFile(b"surname"))
    return table


def _make_question_file(centre: Organization, author: User) -> QuestionFile:
    sent = send_questions(centre, ContentFile(b"Nima? {=a ~b}"), name="a.gift", by=author)
    sent.job.result.save("written.gift", ContentFile(b"Nima? {=a ~b}"))
    return sent


def _give_files(*versions: CourseVersion | None) -> None:
    for lesson in Lesson.objects.filter(version__in=versions, kind__in=["page", "quiz"]):
        lesson.file.save("handout.pdf", ContentFile(b"%PDF-1.7"))
        make_attachment(lesson)
        make_film(lesson)
    draft = versions[-1]
    assert draft is not None
    add_comment(draft, text="Igna haqida ham yozing.", lesson=draft.lessons.first(), by=None)
