from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("books", "0005_paragraphs_by_id")]

    operations = [
        migrations.RemoveField("comment", "paragraph_index"),
        migrations.RemoveField("readingprogress", "paragraph_index"),
    ]
