"""Experiments, the versions of their shares, and who was shown which arm."""

from django.db import models
from django.db.models import Q

from grapevine.kit.ids import new_id
from grapevine.signals.experiments import WHOLE_BPS, State, UnitKind


class Experiment(models.Model):
    """One question. `shop_id` 0 is the platform's; the shares in force stand here, their history in `ShareChange`."""

    public_id = models.CharField(max_length=12, unique=True, default=new_id)
    shop_id = models.BigIntegerField(default=0)
    knob = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    hypothesis = models.CharField(max_length=300)
    unit = models.CharField(max_length=10)
    layer = models.CharField(max_length=40)
    control = models.CharField(max_length=20)
    primary = models.CharField(max_length=20)
    guardrails = models.JSONField(default=dict)
    """Measure → `warn` or `stop`."""
    min_effect_bps = models.PositiveIntegerField()
    """The smallest relative change worth having."""
    window_days = models.PositiveSmallIntegerField()
    """How long after the first exposure somebody is watched; who is not watched to the end does not count yet."""
    planned_units = models.PositiveIntegerField()
    ends_on = models.DateField(null=True)
    state = models.CharField(max_length=8, default=State.DRAFT)
    shares = models.JSONField()
    """Arm → bps; together 10,000."""
    traffic_bps = models.PositiveIntegerField()
    first_slot = models.PositiveIntegerField(default=0)
    """Where its part of the layer begins: it is asked of units whose slot is in [first_slot, first_slot + traffic_bps)."""
    version = models.PositiveIntegerField(default=1)
    clustering = models.PositiveIntegerField(default=0)
    """Which counting of the share communities it draws by; it stays while the experiment runs."""
    is_in_force = models.BooleanField(default=False)
    """Decided, and `decision` is what everybody gets."""
    made_at = models.DateTimeField()
    made_by = models.BigIntegerField(null=True)
    started_at = models.DateTimeField(null=True)
    stopped_at = models.DateTimeField(null=True)
    stop_reason = models.CharField(max_length=300, blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=20, blank=True, default="")
    decision_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in State]),
                name="signals_experiment_state",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=[str(kind) for kind in UnitKind]),
                name="signals_experiment_unit",
            ),
            models.CheckConstraint(
                condition=Q(traffic_bps__lte=WHOLE_BPS), name="signals_experiment_traffic"
            ),
        )
        indexes = (
            models.Index(
                fields=["knob", "shop_id"],
                name="signals_experiment_live",
                condition=Q(state="running") | Q(is_in_force=True),
            ),
            models.Index(fields=["shop_id", "-id"], name="signals_experiment_owner"),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.public_id})"


class ShareChange(models.Model):
    """One version of an experiment's shares and traffic, never changed afterwards."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveIntegerField()
    shares = models.JSONField()
    traffic_bps = models.PositiveIntegerField()
    since = models.DateTimeField()
    by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["experiment", "number"], name="signals_share_change_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.experiment_id} v{self.number}"


class Layer(models.Model):
    """Experiments of one layer share nobody. Its row is the lock under which parts of it are given out."""

    shop_id = models.BigIntegerField()
    name = models.CharField(max_length=40)
    taken = models.PositiveIntegerField(default=0)
    """How often a part was given out."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["shop_id", "name"], name="signals_layer_once"),
        )

    def __str__(self) -> str:
        return f"{self.shop_id} {self.name}"


class Assignment(models.Model):
    """A unit that was shown an arm: it keeps that arm whatever becomes of the shares."""

    experiment = models.ForeignKey(Experiment, on_delete=models.CASCADE, related_name="+")
    unit = models.CharField(max_length=40)
    """`p12` a person, `v…` a browser, `g7` goods."""
    person_id = models.BigIntegerField(null=True, db_index=True)
    cluster = models.BigIntegerField(null=True)
    arm = models.CharField(max_length=20)
    version = models.PositiveIntegerField()
    first_day = models.DateField()
    last_day = models.DateField()
    """The last day on which the log says it was exposed."""

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["experiment", "unit"], name="signals_assigned_once"),
        )
        indexes = (
            models.Index(
                fields=["experiment", "cluster"],
                name="signals_assigned_cluster",
                condition=Q(cluster__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit}: {self.arm}"


class ClusterMember(models.Model):
    """Who belongs to which share community, by one counting; who is in none is one of their own."""

    clustering = models.PositiveIntegerField()
    person_id = models.BigIntegerField()
    cluster = models.BigIntegerField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["clustering", "person_id"], name="signals_cluster_member_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.clustering}: {self.person_id} in {self.cluster}"
