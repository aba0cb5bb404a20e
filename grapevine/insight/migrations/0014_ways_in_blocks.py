"""What was counted of people's ways stands in blocks. It is counted anew from the log by the next build."""

from django.db import migrations, models


def forget(apps, _schema):
    apps.get_model("insight", "JourneyBuild").objects.all().delete()
    apps.get_model("insight", "PulseCell").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("insight", "0013_influence"),
    ]

    operations = [
        migrations.RunPython(forget, forget),
        migrations.CreateModel(
            name="JourneyBlock",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("shop_id", models.BigIntegerField()),
                ("day", models.DateField()),
                ("funnels", models.BinaryField(default=b"")),
                ("gaps", models.BinaryField(default=b"")),
                ("dwells", models.BinaryField(default=b"")),
                ("paths", models.BinaryField(default=b"")),
            ],
        ),
        migrations.DeleteModel(
            name="DwellCell",
        ),
        migrations.DeleteModel(
            name="FunnelCell",
        ),
        migrations.DeleteModel(
            name="GapCell",
        ),
        migrations.DeleteModel(
            name="PathCell",
        ),
        migrations.AddIndex(
            model_name="journeyblock",
            index=models.Index(fields=["day"], name="insight_ways_of_day"),
        ),
        migrations.AddConstraint(
            model_name="journeyblock",
            constraint=models.UniqueConstraint(
                fields=("shop_id", "day"), name="insight_ways_once_a_day"
            ),
        ),
    ]
