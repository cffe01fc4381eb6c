import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('learning', '0003_fill_attempt_questions')]

    operations = [
        migrations.RemoveIndex('answer', 'answer_last'),
        migrations.RemoveField('answer', 'item'),
        migrations.RemoveField('answer', 'attempt'),
        migrations.AlterField('answer', 'question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='learning.attemptquestion')),
        migrations.AddIndex('answer', models.Index(fields=['question', '-id'], name='answer_last')),
    ]
