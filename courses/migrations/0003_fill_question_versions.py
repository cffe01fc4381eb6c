from collections import defaultdict
from decimal import Decimal
from html import escape

from django.db import migrations
from django.db.models import F

from base.folding import fold

BATCH = 1000


def fill(apps, schema_editor):
    """Rows that replaced each other become versions of the first of them; each quiz gets a section and its pools."""
    _fill_versions(apps)
    _fill_quizzes(apps)


def _fill_versions(apps):
    Question, Version = apps.get_model('courses', 'Question'), apps.get_model('courses', 'QuestionVersion')
    Item = apps.get_model('courses', 'QuizItem')
    first = {}  # of each row the one that it replaced, and so on to the first
    numbers = defaultdict(int)
    apart = _replaced_within_a_quiz(Question, Item)
    for question in Question.objects.order_by('pk').iterator(BATCH):
        root = first[question.pk] = question.pk if question.pk in apart else first.get(question.previous_id, question.pk)
        numbers[root] += 1
        version = Version.objects.create(
            question_id=root,
            number=numbers[root],
            content=content_of(question),
            created_at=question.updated_at if numbers[root] == 1 else question.created_at,
        )
        Question.objects.filter(pk=root).update(current=version, search_key=search_key(question.text))
        pooled = apps.get_model('courses', 'PooledQuestion')
        frozen = Item.objects.filter(question=question, lesson__version__status__in=['published', 'retired'])
        pooled.objects.bulk_create(pooled(item_id=item, version=version) for item in frozen.values_list('pk', flat=True))
    later = {pk: root for pk, root in first.items() if pk != root}
    for pk, root in later.items():
        Item.objects.filter(question_id=pk).update(question_id=root)
    Question.objects.filter(pk__in=list(later)).update(previous=None)
    Question.objects.filter(previous_id__in=list(later)).update(previous=None)
    Question.objects.filter(pk__in=list(later)).delete()


def _replaced_within_a_quiz(Question, Item):
    """Rows that stand in one quiz with the row that they replaced: no quiz asks a question twice."""
    return set(
        Item.objects.filter(question__previous__items__lesson=F('lesson')).values_list('question_id', flat=True)
    )


def _fill_quizzes(apps):
    Item, Section = apps.get_model('courses', 'QuizItem'), apps.get_model('courses', 'QuizSection')
    lessons = Item.objects.order_by().values_list('lesson_id', flat=True).distinct()
    Section.objects.bulk_create((Section(lesson_id=lesson, position=1) for lesson in lessons.iterator(BATCH)), BATCH)
    for section in Section.objects.iterator(BATCH):
        Item.objects.filter(lesson_id=section.lesson_id).update(section=section)


def search_key(texts):
    words = ' '.join(fold(text) for text in texts.values()).split()
    return ' '.join(dict.fromkeys(words))[:1000]


def content_of(question):
    told = question.definition
    own = {
        'single': _choices,
        'multiple': _choices,
        'true-false': lambda kind, told: {'answer': told['answer'], 'answer_feedback': {'true': {}, 'false': {}}},
        'numeric': _numeric,
        'short-text': lambda kind, told: {
            'answers': [_answer(n, text=text.replace('*', ' ')) for n, text in enumerate(told['accepted'])],
            'exact': False,
        },
    }[question.kind](question.kind, told)
    return {'text': _paragraphs(question.text), 'points': '1', **own, 'feedback': _paragraphs(question.feedback)}


def _choices(kind, told):
    right = sum(choice['correct'] for choice in told['choices'])
    wrong = len(told['choices']) - right
    gain = Decimal(1) / (right if kind == 'multiple' else 1)
    loss = Decimal(-1) / max(wrong, 1) if kind == 'multiple' else Decimal(0)
    choices = [
        {
            'key': choice['key'],
            'text': {code: escape(' '.join(text.split()), quote=False) for code, text in choice['text'].items()},
            'worth': _stored((gain if choice['correct'] else loss).quantize(Decimal('0.00001'))),
            'feedback': {},
        }
        for choice in told['choices']
    ]
    return {'choices': choices, 'shuffle': False} | ({'all_or_nothing': False} if kind == 'multiple' else {})


def _numeric(kind, told):
    number, tolerance = (_stored(Decimal(told[name])) for name in ('answer', 'tolerance'))
    return {
        'answers': [_answer(0, number=number, tolerance=tolerance)],
        'units': [{'key': 'a', 'text': told['unit'], 'factor': '1'}] if told.get('unit') else [],
        'unit_asked': False,
        'unit_penalty': '0.5',
    }


def _answer(n, **own):
    key = 'abcdefghijklmnopqrstuvwxyz'[n] if n < 26 else f'r{n}'
    return {'key': key, **own, 'worth': '1', 'feedback': {}}


def _paragraphs(texts):
    return {
        code: ''.join(f'<p>{escape(line.strip(), quote=False)}</p>' for line in text.splitlines() if line.strip())
        for code, text in texts.items()
    }


def _stored(number):
    text = f'{number:f}'
    return (text.rstrip('0').rstrip('.') if '.' in text else text) or '0'


class Migration(migrations.Migration):

    dependencies = [('courses', '0002_question_versions')]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop, elidable=True)]
