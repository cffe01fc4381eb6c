import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('courses', '0003_fill_question_versions')]

    operations = [
        migrations.RemoveField('question', 'text'),
        migrations.RemoveField('question', 'definition'),
        migrations.RemoveField('question', 'feedback'),
        migrations.RemoveField('question', 'previous'),
        migrations.RemoveField('question', 'frozen_at'),
        migrations.AddIndex('question', models.Index(fields=['category', '-id'], name='question_of_category')),
        migrations.AlterField('quizitem', 'section', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='courses.quizsection')),
        migrations.AlterField('quizitem', 'position', models.PositiveIntegerField(help_text='Counts through the whole quiz.')),
        migrations.AlterField('quizitem', 'question', models.ForeignKey(blank=True, help_text='Null: drawn by chance.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='courses.question')),
        migrations.AddConstraint('quizitem', models.CheckConstraint(condition=models.Q(models.Q(('count__gte', 1), ('question', None)), models.Q(('category', None), ('count', 1), ('difficulty', None), ('question__isnull', False), ('tag', None)), _connector='OR'), name='quizitem_fixed_or_drawn')),
    ]
