"""Experiments as they were last read from the log."""

from django.db import models


class TrialReading(models.Model):
    """One experiment, read as of `as_of`; `body` is what `rules/trials/telling.py` tells."""

    experiment = models.CharField(max_length=12, unique=True)
    as_of = models.DateTimeField()
    body = models.JSONField()

    def __str__(self) -> str:
        return self.experiment


class TrialProof(models.Model):
    """Experiments without a difference, drawn over the log of a day's past weeks: how many would have been believed."""

    day = models.DateField(unique=True)
    body = models.JSONField()

    def __str__(self) -> str:
        return str(self.day)
