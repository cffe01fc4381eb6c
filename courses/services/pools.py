"""Publishing freezes from which versions of which questions each quiz asks and draws."""

from courses.models import CourseVersion, PooledQuestion, QuizItem
from courses.queries import pools_of


def freeze_pools(version: CourseVersion) -> None:
    """Write down what every quiz of a version that is being published draws from."""
    items = QuizItem.objects.filter(lesson__version=version)
    PooledQuestion.objects.bulk_create(
        PooledQuestion(item_id=item, version_id=pooled)
        for item, source in pools_of(items).items()
        for pooled in source.pool
    )
