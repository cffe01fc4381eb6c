"""Two records that turned out to be of one human being."""

from datetime import datetime, timedelta

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from accounts.models.people import Person
from base.models import Record

UNDO_FOR = timedelta(days=30)


class PersonMerge(Record):
    """The record `gone` became part of `kept`; `changes` says which columns of which rows that moved, to undo it by.

    Each change is {"model", "pk", "column", "before", "after"}, in the order in which they were made.
    """

    kept = models.ForeignKey(Person, models.PROTECT, related_name="+")
    gone = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)
    changes = models.JSONField(default=list, encoder=DjangoJSONEncoder)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at=None), name="personmerge_once"),
            models.CheckConstraint(condition=~Q(kept=models.F("gone")), name="personmerge_of_two"),
        ]
        indexes = [models.Index(fields=["kept"], name="personmerge_of_kept", condition=Q(undone_at=None))]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.kept_id}"

    @property
    def undo_until(self) -> datetime:
        return self.created_at + UNDO_FOR
