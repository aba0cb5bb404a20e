"""Goods may show a video, and an import may bring it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("goods", "0014_desk_indexes"),
    ]

    operations = [
        migrations.AddField("goods", "video_id", models.BigIntegerField(null=True)),
        migrations.AddField("goods", "poster_id", models.BigIntegerField(null=True)),
        migrations.AddField("importpicture", "video_id", models.BigIntegerField(null=True)),
        migrations.AddField(
            "importpicture", "is_video", models.BooleanField(db_default=False, default=False)
        ),
    ]
