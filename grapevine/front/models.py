"""What the composition root keeps for itself: which imported row became which row here."""

from typing import ClassVar

from django.db import models


class ImportedId(models.Model):
    """A row of an imported file, by the file's own id, and what it became.

    Written in the same transaction as the row itself, so an import that was cut off can be run
    again. `internal_id` is a key or a public id as text; `digest` tells a row that was imported
    before from another row that wrongly carries the same id.
    """

    kind = models.CharField(max_length=12)
    external_id = models.CharField(max_length=120)
    internal_id = models.CharField(max_length=120)
    digest = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("kind", "external_id"), name="front_imported_id_unique")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} -> {self.internal_id}"
