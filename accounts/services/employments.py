"""Who works where: appointing, transferring, ending; each change is told inside its transaction."""

from datetime import date, timedelta
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.lookup_rows import ROWS
from accounts.models import Employment, Organization, Person, PostCategory, User
from accounts.services import audit
from accounts.services.lists import search_key
from accounts.services.people import PersonData, PersonKnown, create_person, lock_person
from accounts.signals import employment_changed
from base.dates import short_date
from base.errors import DomainError, InvalidInput
from base.folding import canonical, fold

EARLIEST = date(1950, 1, 1)
MOST_AHEAD = timedelta(days=366)


class AlreadyEmployed(DomainError):
    code = "already-employed"
    message = _("This person is employed here already. Transfer to another post, or end the employment first.")


class NameDiffers(DomainError):
    code = "name-differs"
    message = _("This PINFL belongs to somebody whose name is written otherwise. Check both.")


class UnitClosed(DomainError):
    code = "unit-closed"


class EmploymentEnded(DomainError):
    code = "employment-ended"
    message = _("This employment has ended already.")


@transaction.atomic
def appoint(
    *,
    person: Person,
    organization: Organization,
    post: str,
    starts_on: date,
    category: PostCategory | None = None,
    uuid: UUID | None = None,
    by: User | None,
) -> Employment:
    """Write down that a person holds a post from a day on; the same again changes nothing.

    Without a category it is read from the words of the post. Raises AlreadyEmployed, UnitClosed, InvalidInput.
    """
    lock_person(person.pk)
    post, day = _clean_post(post), checked_day(starts_on, "starts_on")
    rows = Employment.objects.filter(person=person, organization=organization)
    if current := rows.filter(ends_on=None).first():
        if (current.post, current.starts_on) == (post, day):
            return current
        raise AlreadyEmployed
    if rows.filter(ends_on__gt=day).exists():
        raise AlreadyEmployed(_("On this day the person still held another post here."), field="starts_on")
    _check_stands(organization.pk, day)
    employment = Employment.objects.create(
        uuid=uuid or uuid4(),
        person=person,
        organization=organization,
        post=post,
        category=category or category_of(post),
        starts_on=day,
    )
    return _tell(employment, "appointed", by)


@transaction.atomic
def appoint_person(
    data: PersonData,
    *,
    organization: Organization,
    post: str,
    starts_on: date,
    category: PostCategory | None = None,
    email: str = "",
    uuid: UUID | None = None,
    by: User | None,
) -> Employment:
    """Appoint somebody who is known by PINFL or external id, or is written down first.

    A form that is sent twice brings the same `uuid` and gets the same employment. An e-mail address is kept where there
    is none yet. Raises NameDiffers where the one known has another name, and whatever `appoint` raises.
    """
    if uuid and (employment := Employment.objects.filter(uuid=uuid, organization=organization).first()):
        return employment
    try:
        person = create_person(data, by=by)
    except PersonKnown as known:
        person = known.person
        if person.search_key != data.to_fields()["search_key"]:
            raise NameDiffers(field="pinfl" if data.pinfl else None) from None
    if email and not person.email:
        person.email = email
        person.save(update_fields=["email", "updated_at"])
    return appoint(
        person=person,
        organization=organization,
        post=post,
        starts_on=starts_on,
        category=category,
        uuid=uuid,
        by=by,
    )


@transaction.atomic
def transfer(
    employment: Employment,
    *,
    on: date,
    post: str,
    organization: Organization | None = None,
    category: PostCategory | None = None,
    by: User | None,
) -> Employment:
    """End an employment and begin the next one, at the same organization or another, on the same day.

    Returns the new one; the same again changes nothing. Raises EmploymentEnded, AlreadyEmployed, InvalidInput.
    """
    employment = _lock(employment)
    to = organization or employment.organization
    if employment.ends_on == on:
        return appoint(person=employment.person, organization=to, post=post, starts_on=on, category=category, by=by)
    if employment.ends_on:
        raise EmploymentEnded
    if checked_day(on, "on") <= employment.starts_on:
        raise InvalidInput(_("A transfer comes after the day of appointment."), field="on")
    _end(employment, on, "transferred", by)
    return appoint(person=employment.person, organization=to, post=post, starts_on=on, category=category, by=by)


@transaction.atomic
def end_employment(employment: Employment, *, on: date, by: User | None) -> Employment:
    """Write down the first day on which a post is no longer held. Raises EmploymentEnded, InvalidInput."""
    employment = _lock(employment)
    if employment.ends_on == on:
        return employment
    if employment.ends_on:
        raise EmploymentEnded
    if checked_day(on, "on") < employment.starts_on:
        raise InvalidInput(_("An employment cannot end before it begins."), field="on")
    return _end(employment, on, "ended", by)


@transaction.atomic
def correct_employment(
    employment: Employment, *, post: str, starts_on: date, category: PostCategory | None = None, by: User | None
) -> Employment:
    """Mend what was written down wrongly; what truly changed is a transfer. Raises UnitClosed, InvalidInput."""
    employment = _lock(employment)
    post, day = _clean_post(post), checked_day(starts_on, "starts_on")
    if employment.ends_on and employment.ends_on < day:
        raise InvalidInput(_("An employment cannot end before it begins."), field="starts_on")
    _check_stands(employment.organization_id, day)
    wanted = {"post": post, "starts_on": day, "category": category or category_of(post)}
    changed = [name for name, value in wanted.items() if getattr(employment, name) != value]
    for name in changed:
        setattr(employment, name, wanted[name])
    if changed:
        employment.save(update_fields=[*changed, "updated_at"])
        _tell(employment, "corrected", by, fields=changed)
    return employment


def category_of(post: str) -> PostCategory | None:
    """The category whose longest pattern begins words of a post's name; None where none does."""
    folded = f" {fold(post)}"
    categories = PostCategory.objects.valid_on(timezone.localdate())
    fitting = [(len(stem), row) for row in categories for stem in row.stems if f" {stem}" in folded]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def load_post_categories() -> int:
    """Add the categories that every installation starts with, and return how many were new."""
    known = set(PostCategory.objects.values_list("code", flat=True))
    fresh = [
        PostCategory(code=code, names=names, search_key=search_key(names), patterns="\n".join(patterns))
        for code, (names, patterns) in ROWS.items()
        if code not in known
    ]
    return len(PostCategory.objects.bulk_create(fresh))


def note_learned(person_id: int, *, has_learned: bool) -> None:
    """Note beside the posts of a person, whom the caller has locked, whether the person learns or learned."""
    Employment.objects.filter(person=person_id, has_learned=not has_learned).update(has_learned=has_learned)


def _lock(employment: Employment) -> Employment:
    lock_person(employment.person_id)
    rows = Employment.objects.select_for_update(no_key=True, of=("self",)).select_related("person", "organization")
    return rows.get(pk=employment.pk)


def _end(employment: Employment, on: date, done: str, by: User | None) -> Employment:
    employment.ends_on = on
    employment.save(update_fields=["ends_on", "updated_at"])
    return _tell(employment, done, by)


def _tell(employment: Employment, done: str, by: User | None, **detail: object) -> Employment:
    audit.record(f"employment.{done}", employment, by=by, **detail)
    employment_changed.send(Employment, person_id=employment.person_id)
    return employment


def _clean_post(text: str) -> str:
    post = canonical(" ".join(text.split()))
    if not post:
        raise InvalidInput(_("Name the post."), field="post", code="required")
    if len(post) > 200:
        raise InvalidInput(_("The name of a post has at most 200 characters."), field="post", code="too-long")
    return post


def _check_stands(organization_id: int, day: date) -> None:
    """Refuse a post at a unit that does not exist on that day; until the post is committed, nobody closes the unit."""
    unit = _read_shared(organization_id)
    words = {"unit": unit.name}
    if unit.ends_on and day >= unit.ends_on:
        words["day"] = short_date(unit.ends_on)
        raise UnitClosed(_("“%(unit)s” is closed from %(day)s.") % words, field="starts_on")
    if unit.starts_on and day < unit.starts_on:
        words["day"] = short_date(unit.starts_on)
        raise UnitClosed(_("“%(unit)s” exists from %(day)s.") % words, field="starts_on")


def _read_shared(organization_id: int) -> Organization:
    """Lock an organization so that others may read it likewise at once, as two imports do; Django has no such lock."""
    if connection.vendor == "postgresql":
        return Organization.objects.raw(
            "SELECT * FROM accounts_organization WHERE id = %s FOR SHARE", [organization_id]
        )[0]
    return Organization.objects.get(pk=organization_id)  # SQLite has one writer at a time


def checked_day(day: date, field: str) -> date:
    """Return a day that may be meant; raises InvalidInput for one that is a slip of the hand."""
    if not EARLIEST <= day <= timezone.localdate() + MOST_AHEAD:
        raise InvalidInput(_("This day is too far away: from 1950 to a year from now."), field=field)
    return day
