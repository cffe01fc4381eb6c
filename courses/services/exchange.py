"""Between question files and a bank: drafts become questions, questions become drafts."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from io import BytesIO
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organization, User
from base.errors import reason
from base.languages import LANGUAGE_CODES
from courses.interop.drafts import NAME_LENGTH, Draft, Refusal, picture_address, picture_id
from courses.models import BankPicture, Question, QuestionCategory
from courses.pictures import read_picture
from courses.questions import clean_content
from courses.services.bank import add_category, add_picture, add_question, same_question

AT_A_TIME = 200
LOOKED_AT = 1_000  # questions, to find the language that most are in


class Taking:
    """Takes drafts into a bank one by one; `is_tried` takes each back at once, so that one learns what would be."""

    def __init__(self, organization: Organization, *, by: User | None, is_tried: bool = False) -> None:
        self.organization, self.by, self.is_tried = organization, by, is_tried
        self._folders: dict[tuple[str, ...], QuestionCategory | None] = {(): None}
        self._seen = set[str]()

    def take(self, draft: Draft) -> bool:
        """Put a draft into the bank, unless the very same question is there; says whether it was.

        Raises InvalidInput, and then nothing of it is kept.
        """
        with transaction.atomic():
            is_known = self._take(draft)
            if self.is_tried:
                transaction.set_rollback(True)
        return is_known

    def _take(self, draft: Draft) -> bool:
        content = clean_content(draft.kind, self._with_own_pictures(draft))
        mark = sha256(json.dumps([draft.kind, content], sort_keys=True).encode()).hexdigest()
        is_known = mark in self._seen or bool(same_question(self.organization, kind=draft.kind, content=content))
        self._seen.add(mark)
        if not is_known:
            place: dict[str, Any] = {"difficulty": draft.difficulty, "tags": draft.tags}
            folder = self._folder(draft.folder)
            add_question(self.organization, kind=draft.kind, content=content, by=self.by, category=folder, **place)
        return is_known

    def _folder(self, path: tuple[str, ...]) -> QuestionCategory | None:
        if path not in self._folders or (self.is_tried and path):  # what is tried is taken back
            parent = self._folder(path[:-1])
            self._folders[path] = add_category(self.organization, name=path[-1], parent=parent, by=self.by)
        return self._folders[path]

    def _with_own_pictures(self, draft: Draft) -> dict[str, Any]:
        """The content with the pictures of the bank in place of those of the file."""
        text = json.dumps(draft.content, ensure_ascii=False)
        image = draft.content.get("image", {})
        for uuid, data in draft.pictures.items():
            picture = self._picture(data)
            text = text.replace(picture_address(uuid), own_address(picture.uuid))
            if image.get("uuid") == uuid:
                image = {"uuid": str(picture.uuid), "width": picture.width, "height": picture.height}
        content: dict[str, Any] = json.loads(text)
        return content | {"image": image} if image else content

    def _picture(self, data: bytes) -> BankPicture:
        """A picture of the bank: the one that was written out of it, else one made anew."""
        own = BankPicture.objects.filter(organization=self.organization)
        if same := own.filter(digest=sha256(data).hexdigest()).first():
            return same
        if not self.is_tried:
            return add_picture(self.organization, file=BytesIO(data), size=len(data), by=self.by)
        made = read_picture(BytesIO(data), len(data))
        size = {"width": made.width, "height": made.height}
        return own.get_or_create(organization=self.organization, digest=made.digest, defaults=size)[0]


def own_address(uuid: UUID | str) -> str:
    """Where the pictures of banks are shown."""
    return reverse("learning:bank_picture", args=[uuid])


# --- Out of a bank ------------------------------------------------------------------------------
def language_of(questions: QuerySet[Question]) -> str:
    """The language that most of these questions are in, of several the first of ours."""
    texts = questions.values_list("current__content__text", flat=True)[:LOOKED_AT]
    counted = Counter(code for text in texts for code in text)
    return max(LANGUAGE_CODES, key=lambda code: counted[code])


def drafts_of(questions: QuerySet[Question], *, tell: Callable[[Refusal], None]) -> Iterator[Draft]:
    """The questions as drafts, folder by folder; `tell` of those that show a picture which is not in their bank."""
    paths = _Paths()
    rows = questions.select_related("current").prefetch_related("tags").order_by("category_id", "pk")
    for question in rows.iterator(AT_A_TIME):
        try:
            content, pictures = _with_pictures(question)
        except BankPicture.DoesNotExist:
            why = reason(_("It shows a picture that is not in this bank."))
            tell(Refusal(str(question)[:NAME_LENGTH], question.kind, why))
            continue
        yield Draft(
            question.kind,
            content,
            folder=paths.of(question.category_id),
            tags=tuple(sorted(tag.name for tag in question.tags.all())),
            difficulty=question.difficulty,
            pictures=pictures,
        )


class _Paths:
    """The names of the folders from the top, each looked up once."""

    def __init__(self) -> None:
        self._found: dict[int | None, tuple[str, ...]] = {None: ()}

    def of(self, category_id: int | None) -> tuple[str, ...]:
        if category_id is not None and category_id not in self._found:
            category = QuestionCategory.objects.get(pk=category_id)
            self._found[category_id] = (*self.of(category.parent_id), category.name)
        return self._found[category_id]


def _with_pictures(question: Question) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The content with pictures named by what they hold, and these. Raises BankPicture.DoesNotExist."""
    text = json.dumps(question.newest.content, ensure_ascii=False)
    image = question.newest.content.get("image", {})
    pictures = {}
    shown = set(re.findall(own_address(UUID(int=0)).replace(str(UUID(int=0)), "([0-9a-f-]{36})"), text))
    for uuid in sorted(shown | ({image["uuid"]} if image else set())):
        with BankPicture.objects.get(organization=question.organization_id, uuid=uuid).file.open() as file:
            data = file.read()
        pictures[picture_id(data)] = data
        text = text.replace(own_address(uuid), picture_address(picture_id(data)))
        if image.get("uuid") == uuid:
            image = image | {"uuid": picture_id(data)}
    content: dict[str, Any] = json.loads(text)
    return content | ({"image": image} if image else {}), pictures
