"""The register of mechanisms that can be variants. Modules fill it in `AppConfig.ready()`."""

from grapevine.signals.experiments import Knob, Touching, UnitKind

_knobs: dict[str, Knob] = {}


def register_knob(knob: Knob) -> None:
    """ValueError for a price, and for a term of a purchase that is not drawn by goods alone."""
    arms = [arm.name for arm in knob.arms]
    if knob.name in _knobs:
        raise ValueError(f"{knob.name} is declared twice")
    if len(arms) < 2 or len(set(arms)) < len(arms) or not {knob.control, knob.default} <= set(arms):
        raise ValueError(f"{knob.name} needs two arms or more, its control and default among them")
    if knob.touches == Touching.PRICE:
        raise ValueError(f"{knob.name}: nobody's price is an experiment")
    if knob.touches == Touching.TERMS and knob.units != (UnitKind.GOODS,):
        raise ValueError(f"{knob.name}: a term is the same for everybody who looks at the goods")
    _knobs[knob.name] = knob


def knob_of(name: str) -> Knob:
    return _knobs[name]


def knobs() -> list[Knob]:
    return list(_knobs.values())
