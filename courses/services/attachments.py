"""Files that go with a lesson."""

from pathlib import PurePath

from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.services import audit
from base.errors import DomainError
from courses.models import Attachment, Lesson
from courses.services.versions import lock_draft
from courses.uploads import check_attachment

MOST = 20


class TooManyAttachments(DomainError):
    code = "too-many-attachments"
    message = _("A lesson has at most 20 attachments: remove one first.")


@transaction.atomic
def add_attachment(lesson: Lesson, *, file: "File[bytes]", by: User | None) -> Attachment:
    """Let a lesson of a draft have one more file; one of the same name and size answers for itself.

    Raises TooManyAttachments, InvalidInput on `file`.
    """
    lock_draft(lesson.version)
    name = PurePath(file.name or "").name[-200:]
    check_attachment(name, file.size, file.read(16))
    file.seek(0)
    there = list(lesson.attachments.all())
    if same := next((one for one in there if (one.name, one.size) == (name, file.size)), None):
        return same
    if len(there) >= MOST:
        raise TooManyAttachments(field="file")
    attachment = Attachment(lesson=lesson, name=name, size=file.size)
    attachment.file.save(name, file, save=False)
    attachment.save()
    audit.record("attachment.added", on=attachment, by=by)
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: User | None) -> None:
    """Take a file from a lesson; its bytes stay, since other versions may have them. A second time changes nothing."""
    lock_draft(attachment.lesson.version)
    if Attachment.objects.filter(pk=attachment.pk).delete()[0]:
        audit.record("attachment.removed", on=attachment, by=by)
