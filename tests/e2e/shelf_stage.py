"""A course of a page, a film and a quiz, learned by the demo's resident: `python -m tests.e2e.shelf_stage`.

Runs on the site's own database and prints the address of the player.
"""

from decimal import Decimal

import django

if __name__ == "__main__":
    django.setup()

from django.core.files.base import ContentFile  # Django has to be set up first

from accounts.models import Organization, User
from courses.models import Rendition, Video
from courses.services.bank import add_question
from courses.services.courses import create_course
from courses.services.outline import add_lesson, add_module
from courses.services.quizzes import add_item
from courses.services.versions import publish_version, submit_for_review
from enrollment.services.cohorts import standing_cohort
from enrollment.services.enrollments import enroll_self

SOUND = b"\x00\x00\x00\x18ftypM4A " + bytes(range(256)) * 4_000  # comes in two parts
CHOICES = [{"text": {"en": "Four"}, "correct": True}, {"text": {"en": "None"}, "correct": False}]


def main() -> None:
    centre, by = Organization.objects.get(code="MM-URG"), User.objects.get(username="instructor")
    course = create_course(
        provider=centre,
        title={"en": "Buttons"},
        summary={"en": "Read, hear, answer."},
        hours=1,
        self_paced=True,
        slug="buttons",
        by=by,
    )
    draft = course.versions.get()
    module = add_module(draft, title={"en": "Buttons"}, by=by)
    add_lesson(module, kind="page", title={"en": "What a button is"}, body={"en": "<p>Round, with holes.</p>"}, by=by)
    film = add_lesson(module, kind="video", title={"en": "Sewing one on"}, by=by)
    video = Video(organization=centre, size=3, status=Video.Status.READY, seconds=60)
    video.file.save("film.mp4", ContentFile(b"mp4"))
    sound = Rendition(video=video, kind="audio", size=len(SOUND))
    sound.file.save("sound.m4a", ContentFile(SOUND))
    film.video = video
    film.save(update_fields=["video"])
    quiz = add_lesson(module, kind="quiz", title={"en": "Quiz"}, weight=Decimal(1), pass_score=Decimal(50), by=by)
    for text in ("How many holes?", "And in this one?"):
        content = {"text": {"en": text}, "choices": CHOICES}
        add_item(quiz, question=add_question(centre, kind="single", content=content, by=by), by=by)
    submit_for_review(draft, by=by)
    publish_version(draft, by=by)
    course.refresh_from_db()
    enrollment = enroll_self(cohort=standing_cohort(course), user=User.objects.get(username="resident"))
    print(f"/learn/{enrollment.uuid}/")


if __name__ == "__main__":
    main()
