"""Short videos, beside pictures."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("media", "0003_kept_at"),
    ]

    operations = [
        migrations.CreateModel(
            name="Video",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("public_id", models.CharField(max_length=12, unique=True)),
                ("owner_id", models.BigIntegerField(db_index=True)),
                ("content_type", models.CharField(max_length=20)),
                ("size", models.PositiveIntegerField()),
                ("seconds", models.PositiveIntegerField(null=True)),
                ("created_at", models.DateTimeField()),
                ("kept_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("kept_at", None)),
                        fields=["created_at"],
                        name="media_video_to_ask",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("content_type__in", ["video/mp4", "video/webm"])),
                        name="media_video_kind",
                    )
                ],
            },
        ),
    ]
