"""What is taught: courses with their frozen versions and lessons, question banks, quizzes."""

from courses.models.assignments import AssignmentRules, Criterion
from courses.models.courses import (
    AUTHOR_ROLES,
    Attachment,
    Course,
    CourseQuerySet,
    CourseVersion,
    GradeCategory,
    Lesson,
    LessonDraft,
    Module,
    Reader,
    authored_organizations,
)
from courses.models.question_files import QuestionFile, QuestionLoss
from courses.models.questions import (
    BankPicture,
    Question,
    QuestionCategory,
    QuestionTag,
    QuestionVersion,
)
from courses.models.quizzes import PooledQuestion, QuizItem, QuizRules, QuizSection
from courses.models.release import ReleaseRule
from courses.models.reviews import Comment
from courses.models.videos import Caption, Rendition, Video

__all__ = [
    "AUTHOR_ROLES",
    "AssignmentRules",
    "Attachment",
    "BankPicture",
    "Caption",
    "Comment",
    "Course",
    "CourseQuerySet",
    "CourseVersion",
    "Criterion",
    "GradeCategory",
    "Lesson",
    "LessonDraft",
    "Module",
    "PooledQuestion",
    "Question",
    "QuestionCategory",
    "QuestionFile",
    "QuestionLoss",
    "QuestionTag",
    "QuestionVersion",
    "QuizItem",
    "QuizRules",
    "QuizSection",
    "Reader",
    "ReleaseRule",
    "Rendition",
    "Video",
    "authored_organizations",
]
