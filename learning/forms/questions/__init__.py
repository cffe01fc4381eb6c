"""Forms for questions, one for each kind."""

from courses.models import Question
from learning.forms.questions.base import QuestionForm
from learning.forms.questions.by_hand import EssayForm, FileForm
from learning.forms.questions.chosen import MatchingForm, MultipleForm, OrderingForm, SingleForm, TrueFalseForm
from learning.forms.questions.hot_spot import HotSpotForm
from learning.forms.questions.written import ClozeForm, NumericForm, ShortTextForm

FORMS: dict[str, type[QuestionForm]] = {
    Question.Kind.SINGLE: SingleForm,
    Question.Kind.MULTIPLE: MultipleForm,
    Question.Kind.TRUE_FALSE: TrueFalseForm,
    Question.Kind.NUMERIC: NumericForm,
    Question.Kind.SHORT_TEXT: ShortTextForm,
    Question.Kind.MATCHING: MatchingForm,
    Question.Kind.ORDERING: OrderingForm,
    Question.Kind.CLOZE: ClozeForm,
    Question.Kind.HOT_SPOT: HotSpotForm,
    Question.Kind.ESSAY: EssayForm,
    Question.Kind.FILE: FileForm,
}

__all__ = ["FORMS", "QuestionForm"]
