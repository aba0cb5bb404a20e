"""Whether a picture was found to be shown, so that each is asked about once."""

from django.db import migrations, models

from grapevine.kit.indexing import BuildIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("media", "0002_onboarding"),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="kept_at",
            field=models.DateTimeField(null=True),
        ),
        BuildIndex(
            model_name="picture",
            index=models.Index(
                condition=models.Q(("kept_at", None)),
                fields=["created_at"],
                name="media_picture_to_ask",
            ),
        ),
    ]
