"""Slides: what was sent in, and a picture of each of its pages."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization
from base.models import Job, Record
from courses.models import Course
from live.models.sessions import LiveSession


class DeckQuerySet(models.QuerySet["Deck"]):
    def usable_in(self, session: LiveSession) -> Self:
        """Keep what the provider of a class has for its course; by the index deck_of_course."""
        cohort = session.cohort
        return self.filter(organization=cohort.organization_id, course=cohort.course_id)


class Deck(Record):
    """Slides that a teacher sent in as a PDF, to be shown in the classes that a provider holds of a course.

    Moves (live.services.decks.TRANSITIONS): waiting → ready | plain | broken; plain, broken → waiting.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("Its pages are being made")
        READY = "ready", _("Ready to be shown")
        PLAIN = "plain", _("Cannot be shown yet")
        BROKEN = "broken", _("Cannot be shown")

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+")
    course = models.ForeignKey(Course, models.PROTECT, related_name="+")
    session = models.ForeignKey(LiveSession, models.PROTECT, related_name="decks", help_text="For which it came.")
    name = models.CharField(max_length=255)
    file = models.FileField(upload_to="slides/%Y/%m/", max_length=200)
    size = models.PositiveBigIntegerField(help_text="In bytes.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the file.")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    job = models.OneToOneField(Job, models.PROTECT, related_name="+", null=True, help_text="What makes the pages.")
    page_count = models.PositiveSmallIntegerField(default=0, help_text="0: not looked at yet.")

    objects = DeckQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organization", "course", "-id"], name="deck_of_course"),
            models.Index(fields=["id"], name="deck_plain", condition=Q(status="plain")),
        ]
        constraints = [models.UniqueConstraint(fields=["organization", "course", "digest"], name="deck_once")]

    def __str__(self) -> str:
        return self.name


class Slide(models.Model):
    """One page of a deck: in two widths, with its text for whoever does not see the picture."""

    deck = models.ForeignKey(Deck, models.CASCADE, related_name="slides")
    number = models.PositiveSmallIntegerField()
    width = models.PositiveSmallIntegerField(help_text="In pixels, of the large picture.")
    height = models.PositiveSmallIntegerField()
    large = models.FileField(upload_to="slides/%Y/%m/", max_length=200)
    small = models.FileField(upload_to="slides/%Y/%m/", max_length=200)
    text = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["deck", "number"], name="slide_once")]

    def __str__(self) -> str:
        return f"{self.deck_id} / {self.number}"

    @property
    def per_mille(self) -> str:
        """The SVG transform from per mille of the slide to the pixels of its large picture."""
        return f"scale({self.width / 1000} {self.height / 1000})"
