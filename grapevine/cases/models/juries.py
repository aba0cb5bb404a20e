"""Juries of disputes: what is asked, who agreed, who sits, what they voted."""

from django.db import models
from django.db.models import Q

from grapevine.cases.contracts import JuryState, Side
from grapevine.kit.ids import new_id, new_token


class Jury(models.Model):
    """The jury of one case. `seed` orders the volunteers it is drawn from; `effect` advice or ruling, as set then."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    case_number = models.CharField(max_length=20, unique=True)
    buyer_id = models.BigIntegerField()
    shop_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)
    reason = models.CharField(max_length=12)
    category = models.CharField(max_length=60, blank=True, default="")
    about_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, default=JuryState.OFFERED)
    effect = models.CharField(max_length=6)
    seats = models.PositiveSmallIntegerField()
    quorum = models.PositiveSmallIntegerField()
    seed = models.CharField(max_length=24, default=new_token)
    offered_by = models.BigIntegerField()
    offered_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=5, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in JuryState]), name="cases_jury_state"
            ),
            models.CheckConstraint(
                condition=Q(state="decided", outcome__in=["buyer", "shop"])
                | ~Q(state="decided") & Q(outcome=""),
                name="cases_jury_outcome",
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(state__in=["declined", "decided", "hung", "void"]),
                name="cases_jury_closes",
            ),
            models.CheckConstraint(
                condition=Q(effect__in=["advice", "ruling"]), name="cases_jury_effect"
            ),
        )
        indexes = (
            models.Index(fields=["due_at"], condition=Q(state="voting"), name="cases_juries_due"),
            models.Index(fields=["state", "-id"], name="cases_juries_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Consent(models.Model):
    """One side's yes: its statement, already without names, and the pictures it releases. `device` is a keyed digest."""

    jury = models.ForeignKey(Jury, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=5)
    person_id = models.BigIntegerField()
    statement = models.CharField(max_length=500)
    pictures = models.JSONField(default=list)
    device = models.CharField(max_length=64, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["jury", "side"], name="cases_agreed_once"),
            models.CheckConstraint(
                condition=Q(side__in=[one.value for one in Side]), name="cases_consent_side"
            ),
        )

    def __str__(self) -> str:
        return f"{self.side} of {self.jury_id}"


class Volunteer(models.Model):
    """A person who would sit on juries, and the device they said it on, as a keyed digest."""

    person_id = models.BigIntegerField(unique=True)
    device = models.CharField(max_length=64, blank=True, default="")
    since = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)


class Juror(models.Model):
    """A seat on a jury. `vote` buyer or shop, once; "" until then."""

    jury = models.ForeignKey(Jury, on_delete=models.CASCADE, related_name="+")
    person_id = models.BigIntegerField()
    drawn_at = models.DateTimeField()
    vote = models.CharField(max_length=5, blank=True, default="")
    reason = models.CharField(max_length=300, blank=True, default="")
    device = models.CharField(max_length=64, blank=True, default="")
    voted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["jury", "person_id"], name="cases_seat_once"),
            models.UniqueConstraint(
                fields=["jury", "device"], condition=~Q(device=""), name="cases_one_vote_a_device"
            ),
            models.CheckConstraint(
                condition=Q(vote="", voted_at=None, reason="", device="")
                | Q(vote__in=["buyer", "shop"], voted_at__isnull=False) & ~Q(reason=""),
                name="cases_vote_has_reason",
            ),
        )
        indexes = (models.Index(fields=["person_id", "-id"], name="cases_seats_of_person"),)

    def __str__(self) -> str:
        return f"{self.person_id} on {self.jury_id}"
