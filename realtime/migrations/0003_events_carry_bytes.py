
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('realtime', '0002_answers_name_what_they_tell_of'),
    ]

    operations = [
        migrations.AddField(
            model_name='event',
            name='data',
            field=models.BinaryField(null=True),
        ),
    ]
