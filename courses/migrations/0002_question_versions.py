import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models

import base.languages

RECORD = [
    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
    ('uuid', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
    ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
    ('updated_at', models.DateTimeField(auto_now=True)),
]
PLAIN = RECORD[:1]
DIFFICULTIES = [(1, 'Easy'), (2, 'Medium'), (3, 'Hard')]


def to(name, related, null=False, **more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name=related, to=name, null=null, blank=null, **more
    )


class Migration(migrations.Migration):
    """A question is one row, its versions are others; folders, tags, sections, draws, pictures. Filled by 0003."""

    dependencies = [
        ('accounts', '0005_merge_people'),
        ('courses', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='QuestionCategory',
            fields=[
                *RECORD,
                ('name', models.CharField(max_length=120)),
                ('organization', to('accounts.organization', 'question_categories')),
                ('parent', to('courses.questioncategory', 'children', null=True)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('parent', 'name'), name='questioncategory_name_once'),
                    models.UniqueConstraint(condition=models.Q(('parent', None)), fields=('organization', 'name'), name='questioncategory_top_name_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='QuestionTag',
            fields=[
                *PLAIN,
                ('name', models.CharField(max_length=60)),
                ('key', models.CharField(editable=False, max_length=80)),
                ('organization', to('accounts.organization', 'question_tags')),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('organization', 'key'), name='questiontag_once')]},
        ),
        migrations.CreateModel(
            name='BankPicture',
            fields=[
                *RECORD,
                ('file', models.FileField(upload_to='questions/%Y/%m/')),
                ('width', models.PositiveIntegerField(editable=False)),
                ('height', models.PositiveIntegerField(editable=False)),
                ('digest', models.CharField(editable=False, help_text='SHA-256 of the file, so that it is kept once.', max_length=64)),
                ('organization', to('accounts.organization', 'bank_pictures')),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('organization', 'digest'), name='bankpicture_once')]},
        ),
        migrations.CreateModel(
            name='QuestionVersion',
            fields=[
                *PLAIN,
                ('number', models.PositiveIntegerField()),
                ('content', models.JSONField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False)),
                ('created_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('question', to('courses.question', 'versions')),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('question', 'number'), name='questionversion_number_once')]},
        ),
        migrations.CreateModel(
            name='QuizSection',
            fields=[
                *PLAIN,
                ('position', models.PositiveIntegerField()),
                ('title', base.languages.LocalizedField(blank=True, default=dict)),
                ('shuffle', models.BooleanField(default=False, help_text='Each learner gets its questions in another order.')),
                ('lesson', to('courses.lesson', 'sections')),
            ],
            options={'ordering': ['position', 'id']},
        ),
        migrations.AddField('question', 'category', to('courses.questioncategory', 'questions', null=True)),
        migrations.AddField('question', 'difficulty', models.PositiveSmallIntegerField(choices=DIFFICULTIES, default=2)),
        migrations.AddField('question', 'tags', models.ManyToManyField(blank=True, related_name='questions', to='courses.questiontag')),
        migrations.AddField('question', 'search_key', models.CharField(blank=True, editable=False, max_length=1000)),
        migrations.AddField('question', 'current', models.ForeignKey(help_text='The newest version.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='courses.questionversion')),
        migrations.AddField('question', 'retired_at', models.DateTimeField(blank=True, help_text='Since when no new quiz may use it.', null=True)),
        migrations.AlterField('question', 'kind', models.CharField(choices=[('single', 'Single choice'), ('multiple', 'Multiple choice'), ('true-false', 'True or false'), ('numeric', 'Number'), ('short-text', 'Short text'), ('matching', 'Matching'), ('ordering', 'Putting in order'), ('cloze', 'Gap text'), ('hot-spot', 'Place in a picture'), ('essay', 'Essay'), ('file', 'File to send in')], max_length=10)),
        migrations.AddField('quizitem', 'section', to('courses.quizsection', 'items', null=True)),
        migrations.AddField('quizitem', 'count', models.PositiveIntegerField(default=1, help_text='How many are drawn.')),
        migrations.AddField('quizitem', 'category', to('courses.questioncategory', 'draws', null=True)),
        migrations.AddField('quizitem', 'tag', to('courses.questiontag', '+', null=True)),
        migrations.AddField('quizitem', 'difficulty', models.PositiveSmallIntegerField(blank=True, choices=DIFFICULTIES, null=True)),
        migrations.CreateModel(
            name='PooledQuestion',
            fields=[
                *PLAIN,
                ('item', to('courses.quizitem', 'pooled')),
                ('version', to('courses.questionversion', 'pooled')),
            ],
            options={'constraints': [models.UniqueConstraint(fields=('item', 'version'), name='pooledquestion_once')]},
        ),
        migrations.AddField('quizitem', 'pool', models.ManyToManyField(related_name='+', through='courses.PooledQuestion', to='courses.questionversion')),
    ]
