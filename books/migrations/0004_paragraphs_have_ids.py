from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("books", "0003_slugs_of_the_site")]

    operations = [
        migrations.AddField("chapter", "paragraph_ids", models.JSONField(blank=True, default=list)),
        migrations.RenameField("comment", "paragraph", "paragraph_index"),
        migrations.RenameField("readingprogress", "paragraph", "paragraph_index"),
        migrations.AddField("comment", "paragraph", models.CharField(blank=True, max_length=16, null=True)),
        migrations.AddField("readingprogress", "paragraph", models.CharField(blank=True, max_length=16, null=True)),
    ]
