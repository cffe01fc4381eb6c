from django.db import migrations

# What every attempt so far was asked: the questions of its quiz, as publishing froze them.
ASKED = """
INSERT INTO learning_attemptquestion (attempt_id, item_id, version_id, number, points)
SELECT attempt.id, item.id, pooled.version_id,
       ROW_NUMBER() OVER (PARTITION BY attempt.id ORDER BY item.position, item.id), item.points
FROM learning_attempt AS attempt
JOIN courses_quizitem AS item ON item.lesson_id = attempt.lesson_id
JOIN courses_pooledquestion AS pooled ON pooled.item_id = item.id
"""
ANSWERED = """
UPDATE learning_answer SET question_id = asked.id
FROM learning_attemptquestion AS asked
WHERE asked.attempt_id = learning_answer.attempt_id AND asked.item_id = learning_answer.item_id
"""


class Migration(migrations.Migration):

    dependencies = [('learning', '0002_attempt_questions')]

    operations = [migrations.RunSQL([ASKED, ANSWERED], migrations.RunSQL.noop, elidable=True)]
