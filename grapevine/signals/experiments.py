"""Experiments as others see them: knobs that can be turned, arms, units, states, and what is refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from grapevine.kit.errors import BadInput, DomainError
from grapevine.kit.text import marked
from grapevine.signals.contracts import Event

WHOLE_BPS = 10_000
PLATFORM = 0
"""The owner of experiments that are no shop's."""
EXPOSED = "experiment.exposed"
"""The verb of the log under which an exposure stands."""
WINDOW_DAYS_MAX = 28
PLANNED_MAX = 10_000_000
NAME_MAX, REASON_MAX = 60, 300
GUARDRAIL = "guardrail:"
"""How the reason of a stop begins that the house itself decided; the measures follow, with commas."""


class State(StrEnum):
    DRAFT = "draft"
    RUNNING = "running"
    STOPPED = "stopped"
    DECIDED = "decided"


class UnitKind(StrEnum):
    """What is drawn: a person (a browser before sign-in), a whole share community, or a goods for everybody alike."""

    PERSON = "person"
    CLUSTER = "cluster"
    GOODS = "goods"


class Guarding(StrEnum):
    """What a guardrail that is broken does."""

    WARN = "warn"
    STOP = "stop"


class Touching(StrEnum):
    """What of a purchase an arm changes: nothing but what is shown, a term (who is thanked, how many buy together), the price."""

    DISPLAY = "display"
    TERMS = "terms"
    PRICE = "price"


_ANY_UNIT = ("refunds", "complaints", "disputes", "reports", "hides")
GUARDS: Mapping[UnitKind, tuple[str, ...]] = {
    UnitKind.PERSON: _ANY_UNIT,
    UnitKind.CLUSTER: _ANY_UNIT,
    UnitKind.GOODS: (*_ANY_UNIT, "margin"),
}
"""What can be watched over, by what is drawn: a guardrail is accepted only if it is read."""


@dataclass(frozen=True, slots=True)
class ExperimentStopped(Event):
    """Everybody is back on what they had without it. `shop_id` is None for the platform's."""

    name: ClassVar[str] = "signals.experiment_stopped"
    object_id: str
    shop_id: int | None
    knob: str
    title: str
    reason: str
    at: str
    object_type: str = "experiment"

    @property
    def broken(self) -> list[str]:
        """The guardrails that stopped it; none if somebody did."""
        told = self.reason.removeprefix(GUARDRAIL)
        return told.split(",") if told != self.reason else []


@dataclass(frozen=True, slots=True)
class Arm:
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Knob:
    """A mechanism that can be a variant, declared by its module.

    `control` is what the others are compared with, `default` what everybody gets without an experiment. `units` are the
    kinds it may be drawn by: what changes a term of a purchase is drawn by goods alone, so that everybody who looks
    sees the same (Personal Information Protection Law of the PRC, article 24), and a price is not experimented with at
    all. `surface` names the place in the log whose impressions and clicks are its own.
    """

    name: str
    label: str
    arms: tuple[Arm, ...]
    control: str
    default: str
    units: tuple[UnitKind, ...]
    measures: tuple[str, ...]
    surface: str = ""
    for_platform: bool = True
    can_last: bool = True
    """Whether the arm that was decided for can stay in force."""
    touches: Touching = Touching.DISPLAY

    def label_of(self, arm: str) -> str:
        return next((one.label for one in self.arms if one.name == arm), arm)


@dataclass(frozen=True, slots=True)
class Variant:
    """The arm a unit gets; `experiment` is 0 where none asks about it, and then nothing is logged."""

    arm: str
    experiment: int = 0
    public_id: str = ""
    knob: str = ""
    version: int = 0
    unit: str = ""
    person_id: int | None = None
    visitor_id: str = ""
    cluster: int | None = None
    is_kept: bool = False
    """The unit has been exposed before."""
    seen_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewExperiment:
    knob: str
    name: str
    hypothesis: str
    primary: str
    unit: str
    shares: Mapping[str, int]
    traffic_bps: int = WHOLE_BPS
    guardrails: Mapping[str, str] = field(default_factory=dict)
    min_effect_bps: int = 500
    window_days: int = 7
    planned_units: int = 2_000
    layer: str = ""
    """Empty: a layer of the knob's own name."""
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class ShareVersion:
    number: int
    shares: Mapping[str, int]
    traffic_bps: int
    since: datetime


@dataclass(frozen=True, slots=True)
class ExperimentView:
    id: int
    public_id: str
    shop_id: int
    knob: Knob
    name: str
    hypothesis: str
    unit: UnitKind
    layer: str
    control: str
    primary: str
    guardrails: Mapping[str, str]
    min_effect_bps: int
    window_days: int
    planned_units: int
    ends_on: date | None
    state: State
    shares: Mapping[str, int]
    traffic_bps: int
    version: int
    is_in_force: bool
    made_at: datetime
    started_at: datetime | None
    stopped_at: datetime | None
    stop_reason: str
    decided_at: datetime | None
    decision: str
    decision_reason: str
    versions: Sequence[ShareVersion] = ()


class ExperimentNotFound(DomainError):
    code = "signals.experiment_not_found"
    status = 404
    message = marked("没有这个实验")


class ExperimentMoved(DomainError):
    code = "signals.experiment_moved"
    status = 409
    message = marked("实验现在的状态不能这样做，刷新页面看看")


class LayerFull(DomainError):
    code = "signals.layer_full"
    status = 409
    message = marked("同一层里没有这么多空余流量，先停掉别的实验，或者减小流量")


class LayerOfOthers(DomainError):
    code = "signals.layer_of_others"
    status = 409
    message = marked("同一层里正在跑的实验按别的单位分组，换一层，或者等它停下")


class WrongExperiment(BadInput):
    code = "signals.wrong_experiment"
