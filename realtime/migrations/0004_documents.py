from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('realtime', '0003_events_carry_bytes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DocumentState',
            fields=[
                ('room', models.CharField(max_length=100, primary_key=True, serialize=False)),
                ('epoch', models.CharField(max_length=16)),
                ('schema', models.PositiveIntegerField()),
                ('seq', models.BigIntegerField()),
                ('state', models.BinaryField()),
                ('saved_at_ms', models.BigIntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='DocumentWriter',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('room', models.CharField(max_length=100)),
                ('client_id', models.BigIntegerField()),
                ('user_id', models.BigIntegerField(null=True)),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('room', 'client_id'), name='realtime_document_writer')],
            },
        ),
    ]
