"""Models as operators see them: what is in force, what is kept, how the last training went."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grapevine.discovery import artifacts


@dataclass(frozen=True, slots=True)
class ModelView:
    """`cards`: what is known of every kept version, newest first. `outcome`: of the last training, empty if none was."""

    name: str
    version: str
    card: Mapping[str, Any]
    cards: Sequence[Mapping[str, Any]]
    outcome: Mapping[str, Any]
    is_pinned: bool


def models() -> list[ModelView]:
    """Every model of the house, whether it was ever trained or not. Reads small files alone."""
    return [model_of(name) for name in artifacts.KEYS]


def kept_versions() -> dict[str, list[dict[str, Any]]]:
    """Of every trained model the versions kept, newest first, for the command line."""
    return {
        view.name: [
            {"is_in_force": card["version"] == view.version, "is_pinned": view.is_pinned, **card}
            for card in view.cards
        ]
        for view in models()
        if view.cards
    }


def model_of(name: str) -> ModelView:
    """Raises ModelNotFound for a name that is no model's."""
    version = artifacts.version_in_force(artifacts.known(name))
    cards = artifacts.cards_of(name)
    card = next((one for one in cards if one["version"] == version), {})
    return ModelView(
        name, version, card, cards, artifacts.outcome_of(name), artifacts.is_pinned(name)
    )
