"""No two names look alike any more, but those of before the rule.

Nobody's name is changed and nobody is locked out: of accounts that share a name but for its case and separators the
oldest has it to itself, and the others are marked and left out of the constraint.
"""

from django.db import migrations, models
from django.db.models import Exists, OuterRef, Q


def mark(apps, schema_editor):
    people = apps.get_model("accounts", "User").objects
    older = people.filter(folded=OuterRef("folded"), pk__lt=OuterRef("pk"))
    alike = list(people.filter(Exists(older)).values_list("pk", flat=True))
    for start in range(0, len(alike), 500):
        people.filter(pk__in=alike[start : start + 500]).update(folded_as_another=True)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_names_that_look_alike"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="folded_as_another",
            field=models.BooleanField(default=False, editable=False),
        ),
        # On PostgreSQL a table with changed rows whose triggers are pending takes no index in the same transaction;
        # this column has none.
        migrations.RunPython(mark, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.UniqueConstraint(
                condition=Q(("folded_as_another", False)),
                fields=("folded",),
                name="username_unique_as_it_looks",
                violation_error_message="Somebody has that name, or one that looks like it.",
            ),
        ),
    ]
