"""Tables, one concern a file."""

from grapevine.signals.models.experiments import (
    Assignment,
    ClusterMember,
    Experiment,
    Layer,
    ShareChange,
)
from grapevine.signals.models.outbox import Erased, Handled, LiveMessage, OutboxEvent, Periodic

__all__ = [
    "Assignment",
    "ClusterMember",
    "Erased",
    "Experiment",
    "Handled",
    "Layer",
    "LiveMessage",
    "OutboxEvent",
    "Periodic",
    "ShareChange",
]
