"""Who may do what with courses."""

from accounts.models import Membership, Organization, User
from courses.models import AUTHOR_ROLES, Course, CourseVersion

PUBLISHER_ROLES = (Membership.Role.CENTRE_MANAGER, Membership.Role.ACADEMY_ADMIN)


def can_write_at(user: User, organization: Organization) -> bool:
    """Instructors and those who lead a provider write its courses and its question bank."""
    return organization.is_provider and user.standing.at(organization.pk, *AUTHOR_ROLES)


def can_write(user: User, course: Course) -> bool:
    return user.standing.at(course.provider_id, *AUTHOR_ROLES)


def can_publish(user: User, course: Course) -> bool:
    """Those who lead the provider publish what its instructors hand in, and retire courses."""
    return user.standing.at(course.provider_id, *PUBLISHER_ROLES)


def can_view(user: User, course: Course) -> bool:
    """The same answer as `Course.objects.visible_to`."""
    is_published = course.current_version_id is not None and course.retired_at is None
    return is_published or can_write(user, course)


def can_view_version(user: User, version: CourseVersion) -> bool:
    """The same answer as `CourseVersion.objects.visible_to`."""
    return can_write(user, version.course)
