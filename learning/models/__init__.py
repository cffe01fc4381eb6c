"""How it is learned: attempts and answers, when who may take a quiz, what opens when, notes, work and its marks."""

from learning.models.attempts import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.models.notes import Bookmark, Note
from learning.models.quizzes import ExtraTime, ItemStatistic, QuizWindow
from learning.models.release import DueExtension, DueReminder, LessonDate
from learning.models.search import IndexedVersion, LessonText
from learning.models.submissions import Mark, MarkFile, Submission, Work, WorkFile, WorkMove

__all__ = [
    "Answer",
    "AnswerFile",
    "Attempt",
    "AttemptQuestion",
    "Bookmark",
    "DueExtension",
    "DueReminder",
    "ExtraTime",
    "IndexedVersion",
    "ItemStatistic",
    "LessonDate",
    "LessonText",
    "Mark",
    "MarkFile",
    "Note",
    "QuizWindow",
    "Submission",
    "Work",
    "WorkFile",
    "WorkMove",
]
