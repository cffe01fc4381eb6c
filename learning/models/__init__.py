"""How it is learned: attempts and answers, when who may take a quiz, what its questions are worth."""

from learning.models.attempts import Answer, AnswerFile, Attempt, AttemptQuestion
from learning.models.quizzes import ExtraTime, ItemStatistic, QuizWindow

__all__ = ["Answer", "AnswerFile", "Attempt", "AttemptQuestion", "ExtraTime", "ItemStatistic", "QuizWindow"]
