"""The register of mechanisms that can be variants. Modules fill it in `AppConfig.ready()`."""

from grapevine.signals.experiments import Knob

_knobs: dict[str, Knob] = {}


def register_knob(knob: Knob) -> None:
    arms = [arm.name for arm in knob.arms]
    if knob.name in _knobs:
        raise ValueError(f"{knob.name} is declared twice")
    if len(arms) < 2 or len(set(arms)) < len(arms) or not {knob.control, knob.default} <= set(arms):
        raise ValueError(f"{knob.name} needs two arms or more, its control and default among them")
    _knobs[knob.name] = knob


def knob_of(name: str) -> Knob:
    return _knobs[name]


def knobs() -> list[Knob]:
    return list(_knobs.values())
