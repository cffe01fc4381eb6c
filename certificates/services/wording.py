"""The words of a certificate, found once and then frozen."""

from datetime import date
from decimal import Decimal

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Organization
from base.dates import long_date
from base.languages import localized
from certificates.snapshot import CertificateWords, Detail
from courses.models import Course
from enrollment.models import Completion


def freeze_words(completion: Completion, *, code: str, number: str, issued_on: date) -> CertificateWords:
    """Say in the language of the cohort what the certificate of this completion is to say."""
    enrollment = completion.enrollment
    cohort = enrollment.cohort
    course, issuer, hours = cohort.course, cohort.organization, cohort.version.hours
    with translation.override(cohort.language):
        return CertificateWords(
            code=code,
            number=number,
            language=cohort.language,
            issued_on=issued_on,
            issuer=issuer.name,
            holder=enrollment.person.name,
            course=course.name,
            hours=hours,
            grade=completion.grade,
            profession_code=course.profession.code if course.profession else "",
            title=_("Certificate"),
            awarded_to=_("This certificate is awarded to"),
            achievement=_("who has completed the course and met all its requirements"),
            details=tuple(_details(course, hours, completion.grade)),
            number_line=_("No. %(number)s") % {"number": number},
            place_and_date=_place_and_date(issuer, issued_on),
            signatory_post=_("Head of the institution"),
            signatory_name=issuer.signatory,
            verify_note=_("To check this certificate, scan the code or open this address:"),
            verify_url=f"{settings.SITE_URL}{reverse('certificates:credential_verify', args=[code])}",
        )


def _details(course: Course, hours: int, grade: Decimal | None) -> list[Detail]:
    length = ngettext("%(number)s academic hour", "%(number)s academic hours", hours) % {"number": hours}
    details = [Detail(caption=_("Length"), value=length)]
    if grade is not None:
        value = _("%(grade)s of 100") % {"grade": _plain(grade)}
        details.append(Detail(caption=_("Grade"), value=value))
    if profession := course.profession:
        value = f"{profession.code} {localized(profession.names)}"
        details.append(Detail(caption=_("Occupation"), value=value))
    return details


def _plain(grade: Decimal) -> str:
    """A number without needless zeros, with the comma of every language here but English."""
    text = f"{grade.normalize():f}"
    return text if translation.get_language() == "en" else text.replace(".", ",")


def _place_and_date(issuer: Organization, issued_on: date) -> str:
    day = long_date(issued_on)
    if issuer.district is None:
        return day
    return _("%(place)s, %(date)s") % {"place": issuer.district.name, "date": day}
