"""What a class was asked, and what each of its learners answered."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from base.languages import LANGUAGE_CODES, LocalizedField, Texts, localized
from base.models import Record
from courses.models import QuestionVersion
from live.models.sessions import LiveSession


def told_texts(texts: Texts) -> dict[str, str]:
    """A text as clients get it, who cannot make Uzbek in Cyrillic themselves."""
    return {code: localized(texts, code) for code in LANGUAGE_CODES if texts.get(code.removesuffix("-cyrl"))}


class PollQuerySet(models.QuerySet["Poll"]):
    def told(self) -> Self:
        """Keep those that the class has been asked."""
        return self.exclude(status=Poll.Status.DRAFT)


class Poll(Record):
    """A question put to a class: the teacher's own or, as a quick quiz, one of the question bank as it was then.

    Moves (live.services.polls.TRANSITIONS): draft → open → closed.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("Prepared")
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="polls")
    version = models.ForeignKey(
        QuestionVersion, models.PROTECT, related_name="+", null=True, help_text="Of a quick quiz."
    )
    text = LocalizedField()
    choices = models.JSONField(help_text="[{key, text}], of a quick quiz also is_right and feedback.")
    feedback = LocalizedField()
    is_multiple = models.BooleanField(default=False)
    shows_results = models.BooleanField(default=False, help_text="To learners, while it is open.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    objects = PollQuerySet.as_manager()

    def __str__(self) -> str:
        return localized(self.text)

    @property
    def is_quiz(self) -> bool:
        return self.version_id is not None

    @property
    def keys(self) -> list[str]:
        return [choice["key"] for choice in self.choices]

    @property
    def asked(self) -> dict[str, Any]:
        """The question as clients get it, without what is right."""
        return {
            "id": str(self.uuid),
            "text": told_texts(self.text),
            "choices": [{"key": choice["key"], "text": told_texts(choice["text"])} for choice in self.choices],
            "multiple": self.is_multiple,
            "quiz": self.is_quiz,
        }

    @property
    def solved(self) -> dict[str, Any]:
        """What is told of a quick quiz once it is closed."""
        if not self.is_quiz:
            return {}
        explained = {choice["key"]: told_texts(choice["feedback"]) for choice in self.choices if choice["feedback"]}
        right = [choice["key"] for choice in self.choices if choice["is_right"]]
        return {"right": right, "feedback": told_texts(self.feedback), "explained": explained}


class Vote(models.Model):
    """What one person answered to a poll, as it stands."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="votes")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    picked = models.JSONField(help_text="Keys of choices, in the order of the poll.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["poll", "user"], name="vote_once")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.poll_id}"
