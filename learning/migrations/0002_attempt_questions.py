import django.db.models.deletion
import django.utils.timezone
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):
    """An attempt keeps which versions it asks; its answers are answers to those. Filled by 0003."""

    dependencies = [
        ('learning', '0001_initial'),
        ('courses', '0004_questions_have_versions'),
    ]

    operations = [
        migrations.CreateModel(
            name='AttemptQuestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField()),
                ('points', models.DecimalField(decimal_places=2, max_digits=6)),
                ('worth', models.DecimalField(decimal_places=4, help_text='0 to 1; null: not handed in, or waiting for a grade.', max_digits=5, null=True)),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='learning.attempt')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.quizitem')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.questionversion')),
            ],
            options={
                'ordering': ['number'],
                'constraints': [models.UniqueConstraint(fields=('attempt', 'number'), name='attemptquestion_number_once')],
            },
        ),
        migrations.CreateModel(
            name='AnswerFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('file', models.FileField(upload_to='answers/%Y/%m/')),
                ('name', models.CharField(max_length=255)),
                ('question', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='learning.attemptquestion')),
            ],
            options={'abstract': False},
        ),
        migrations.AddField('answer', 'question', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='learning.attemptquestion')),
        migrations.AlterField('attempt', 'score', models.DecimalField(decimal_places=2, help_text='0 to 100; null: open, or waiting for a grade.', max_digits=5, null=True)),
    ]
