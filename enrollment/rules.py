"""Who may do what; each rule stands beside the filter that says the same of lists."""

from django.db.models import Q, QuerySet

from accounts.models import Employment, Mahalla, Membership, Organization, Person, User
from courses.models import Reader
from enrollment.models import (
    Cohort,
    Enrollment,
    EnrollmentRequest,
    Objection,
    PossibleDuplicate,
    Referral,
    Relocation,
    Resident,
    TrainingAssignment,
)
from enrollment.models.cohorts import ANSWERING, TEACHING
from enrollment.models.households import HOLDING
from enrollment.models.mandatory import RULING
from enrollment.models.referrals import FOLLOWING

ROLE = Membership.Role
INTAKE = (ROLE.ASSISTANT, ROLE.COUNTER)


def can_record_households(user: User) -> bool:
    """Whether the user writes households down anywhere."""
    return user.standing.has(*INTAKE)


def mahallas_of_work(user: User) -> QuerySet[Mahalla]:
    """The mahallas where the user writes households, residents and wishes down."""
    standing = user.standing
    return Mahalla.objects.filter(
        Q(pk__in=standing.mahallas(ROLE.ASSISTANT)) | Q(district_id__in=standing.districts(ROLE.COUNTER))
    )


def can_record_in(user: User, mahalla: Mahalla) -> bool:
    """Whether the user writes down and changes what belongs to this mahalla."""
    return user.standing.covers(mahalla, *INTAKE)


def can_read_duplicates(user: User) -> bool:
    """Whether there may be pairs of records that the user sees."""
    return user.standing.has(*HOLDING, ROLE.SUPERVISOR, ROLE.PLATFORM_ADMIN)


def can_decide_duplicate(user: User, pair: PossibleDuplicate) -> bool:
    """Whether the user says if the two are one person; an auditor only reads."""
    return PossibleDuplicate.objects.decided_by(user).filter(pk=pair.pk).exists()


def can_write_resident(user: User, resident: Resident) -> bool:
    """Whether the user changes what is written of this resident; nobody does of one who moved away."""
    return resident.ends_on is None and can_record_in(user, resident.mahalla)


def can_read_residents(user: User) -> bool:
    """Whether there are residents whom the user may see at all."""
    return user.standing.has(*HOLDING)


def can_hand_out_code(user: User, resident: Resident) -> bool:
    """Whether the user gives this resident a way to sign in: one who has a user, which holds no role here."""
    account: User | None = getattr(resident.person, "user", None)
    return account is not None and can_write_resident(user, resident) and not account.standing.roles


def can_hand_out_code_for(user: User, enrollment: Enrollment) -> bool:
    """Whether the user gives this learner a way to sign in: who vouches for the learner, to one who holds no role."""
    account: User | None = getattr(enrollment.person, "user", None)
    return can_judge_outcome(user, enrollment) and not (account and account.standing.roles)


def can_view_relocation(user: User, relocation: Relocation) -> bool:
    """The same answer as `Relocation.objects.visible_to`."""
    sides = (relocation.mahalla, relocation.household.mahalla)
    return any(user.standing.covers(mahalla, *HOLDING) for mahalla in sides)


def can_answer_relocation(user: User, relocation: Relocation) -> bool:
    """Whether the user confirms or refuses: never whoever asked."""
    return relocation.asked_by_id != user.pk and can_record_in(user, relocation.mahalla)


def can_view_cohort(user: Reader, cohort: Cohort) -> bool:
    """The same answer as `Cohort.objects.visible_to`."""
    return cohort.status != Cohort.Status.DRAFT or (
        isinstance(user, User) and user.standing.at(cohort.organization_id, *TEACHING)
    )


def can_run_cohorts(user: User, organization_id: int) -> bool:
    """Whether the user makes, publishes and cancels cohorts of this provider, and lets people in and out."""
    return user.standing.at(organization_id, *ANSWERING)


def can_teach(user: User, cohort: Cohort) -> bool:
    """Whether the user records results and attendance in this cohort."""
    return user.standing.at(cohort.organization_id, *TEACHING)


def can_grade(user: User, enrollment: Enrollment) -> bool:
    """Whether the user changes this learner's results: who teaches, never oneself; once it is decided, who leads."""
    if _is_own(user, enrollment.person_id) or enrollment.status == Enrollment.Status.WITHDRAWN:
        return False
    if enrollment.status == Enrollment.Status.ACTIVE:
        return can_teach(user, enrollment.cohort)
    return can_run_cohorts(user, enrollment.cohort.organization_id)


def can_view_referral(user: User, referral: Referral) -> bool:
    """The same answer as `Referral.objects.visible_to`."""
    return (
        user.standing.covers(referral.mahalla, *FOLLOWING)
        or (can_answer(user, referral) and referral.status != Referral.Status.DRAFT)
        or _is_own(user, referral.person_id)
    )


def can_send(user: User, mahalla: Mahalla) -> bool:
    """Whether the user refers residents of this mahalla, sends their referrals and takes them back."""
    return can_record_in(user, mahalla)


def can_answer(user: User, referral: Referral) -> bool:
    return user.standing.at(referral.organization_id, *ANSWERING)


def door_of(user: User, mahalla: Mahalla) -> str:
    """Through which door the user's referrals from this mahalla come."""
    return Referral.Door.ASSISTANT if user.standing.covers(mahalla, ROLE.ASSISTANT) else Referral.Door.COUNTER


def can_view_enrollment(user: User, enrollment: Enrollment) -> bool:
    """The same answer as `Enrollment.objects.visible_to`."""
    standing = user.standing
    return (
        (enrollment.referral is not None and standing.covers(enrollment.referral.mahalla, *FOLLOWING))
        or not standing.republic.isdisjoint(FOLLOWING)
        or can_teach(user, enrollment.cohort)
        or _is_own(user, enrollment.person_id)
        or is_own_staff(user, enrollment.person)
    )


def can_record_outcome(user: User, enrollment: Enrollment) -> bool:
    """Officials of the referral's mahalla and of the provider, and the learner; the learner's word is a claim."""
    return can_judge_outcome(user, enrollment) or _is_own(user, enrollment.person_id)


def can_judge_outcome(user: User, enrollment: Enrollment) -> bool:
    """Whether the user's word on an outcome confirms or contradicts it; nobody's own does."""
    if _is_own(user, enrollment.person_id):
        return False
    return can_run_cohorts(user, enrollment.cohort.organization_id) or (
        enrollment.referral is not None and can_record_in(user, enrollment.referral.mahalla)
    )


def can_decide(user: User, objection: Objection) -> bool:
    """Whether the user decides about a contested figure: who leads the provider, and nobody about oneself."""
    enrollment = objection.enrollment
    return can_run_cohorts(user, enrollment.cohort.organization_id) and not _is_own(user, enrollment.person_id)


def is_own_staff(user: User, person: Person) -> bool:
    """Whether the person is employed today where the user is staff manager."""
    employers = user.standing.organizations(ROLE.STAFF_MANAGER)
    return bool(employers) and person.employments.current().filter(organization__in=employers).exists()


def can_rule(user: User, organization_id: int) -> bool:
    """Whether the user makes and ends rules of mandatory training of this organization."""
    return user.standing.at(organization_id, *RULING)


def can_view_training(user: User, assignment: TrainingAssignment) -> bool:
    """The same answer as `TrainingAssignment.objects.visible_to`."""
    return (
        _is_own(user, assignment.person_id)
        or can_exempt(user, assignment)
        or user.standing.at(assignment.rule.issuer_id, ROLE.ACADEMY_ADMIN)
    )


def can_exempt(user: User, assignment: TrainingAssignment) -> bool:
    """Whether the user is staff manager where the duty arises; nobody frees oneself."""
    return user.standing.at(assignment.organization_id, ROLE.STAFF_MANAGER) and not _is_own(user, assignment.person_id)


def can_keep_unit(user: User, unit: Organization) -> bool:
    """Whether the user changes, moves and closes this unit: staff managers those below the own organization."""
    return user.standing.at(unit.parent_id, ROLE.STAFF_MANAGER)


def can_enroll_others(user: User, cohort: Cohort) -> bool:
    """Whether the user lets others into this cohort, without a referral.

    A provider into its own; a staff manager into those for civil servants: an academy's, or open to all.
    """
    if can_run_cohorts(user, cohort.organization_id):
        return True
    for_civil_servants = cohort.open_to_all or cohort.organization.kind == Organization.Kind.ACADEMY
    return for_civil_servants and user.standing.has(ROLE.STAFF_MANAGER)


def can_answer_requests(user: User) -> bool:
    """Whether there may be requests for a place that the user answers."""
    return user.standing.has(*ANSWERING, ROLE.STAFF_MANAGER)


def can_answer_request(user: User, request: EnrollmentRequest) -> bool:
    """Who runs the group, and whose staff the person is; nobody answers oneself."""
    if _is_own(user, request.person_id):
        return False
    return can_run_cohorts(user, request.cohort.organization_id) or is_own_staff(user, request.person)


def can_find_people(user: User) -> bool:
    """Whether the user looks for people by name at all."""
    return user.standing.has(*ANSWERING, ROLE.STAFF_MANAGER)


def people_within_reach(user: User, *, before: int | None = None) -> QuerySet[Person]:
    """Whom the user may find by name: own staff, own learners; an academy finds every civil servant.

    `before` keeps smaller ids only, also of posts and of learning, which would be read from the head of the list else.
    """
    standing = user.standing
    providers = standing.organizations(*ANSWERING)
    employers = standing.organizations(ROLE.STAFF_MANAGER)
    beyond = {} if before is None else {"person__lt": before}
    staff = Employment.objects.current().filter(**beyond)
    reach = Q(pk__in=[])  # what is not held stays out: "or" between two tables reads both from end to end
    if Organization.objects.filter(pk__in=providers, kind=Organization.Kind.ACADEMY).exists():
        reach = Q(pk__in=staff.values("person"))
    elif employers:
        reach = Q(pk__in=staff.filter(organization__in=employers).values("person"))
    if providers:
        reach |= Q(pk__in=Enrollment.objects.filter(organization__in=providers, **beyond).values("person"))
    return Person.objects.filter(reach)


def _is_own(user: User, person_id: int) -> bool:
    return user.person_id is not None and user.person_id == person_id
