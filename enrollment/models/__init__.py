from enrollment.models.calendar import Holiday, Meeting, Room, Weekday
from enrollment.models.cohorts import Cohort, CohortQuerySet, FreedSeat, Seat
from enrollment.models.duplicates import PossibleDuplicate
from enrollment.models.enrollments import (
    AttendanceEntry,
    Completion,
    Enrollment,
    EnrollmentMove,
    GradeChange,
    LessonProgress,
)
from enrollment.models.evaluations import Evaluation, EvaluationQuestion
from enrollment.models.households import Household, HouseholdCategoryPeriod, Resident, Wish
from enrollment.models.imports import ColumnMemory, Import, ImportProblem
from enrollment.models.lookups import (
    DeclineReason,
    ExemptionReason,
    HouseholdCategory,
    OutcomeKind,
    ReportReason,
    TimeLimit,
    WaitingWeight,
    WithdrawalReason,
)
from enrollment.models.mandatory import (
    TrainingAssignment,
    TrainingAssignmentMove,
    TrainingCheck,
    TrainingExemption,
    TrainingReminder,
    TrainingRule,
    TrainingRuleQuerySet,
)
from enrollment.models.objections import Objection
from enrollment.models.outcomes import Outcome
from enrollment.models.prerequisites import PrerequisiteException
from enrollment.models.referrals import Referral, ReferralMove, ReferralReminder
from enrollment.models.relocations import Relocation
from enrollment.models.requests import EnrollmentRequest
from enrollment.models.transfers import CohortTransfer

__all__ = [
    "AttendanceEntry",
    "Cohort",
    "CohortQuerySet",
    "CohortTransfer",
    "ColumnMemory",
    "Completion",
    "DeclineReason",
    "Enrollment",
    "EnrollmentMove",
    "EnrollmentRequest",
    "Evaluation",
    "EvaluationQuestion",
    "ExemptionReason",
    "FreedSeat",
    "GradeChange",
    "Holiday",
    "Household",
    "HouseholdCategory",
    "HouseholdCategoryPeriod",
    "Import",
    "ImportProblem",
    "LessonProgress",
    "Meeting",
    "Objection",
    "Outcome",
    "OutcomeKind",
    "PossibleDuplicate",
    "PrerequisiteException",
    "Referral",
    "ReferralMove",
    "ReferralReminder",
    "Relocation",
    "ReportReason",
    "Resident",
    "Room",
    "Seat",
    "TimeLimit",
    "TrainingAssignment",
    "TrainingAssignmentMove",
    "TrainingCheck",
    "TrainingExemption",
    "TrainingReminder",
    "TrainingRule",
    "TrainingRuleQuerySet",
    "WaitingWeight",
    "Weekday",
    "Wish",
    "WithdrawalReason",
]
