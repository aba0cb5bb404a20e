"""What operators decide of models: which version is in force. Every decision is in the audit trail."""

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import NothingEarlier, VersionNotKept
from grapevine.guard import facade as guard


def choose_version(*, by_id: int | None, name: str, version: str) -> None:
    """Put a kept version in force and leave it there until new ones are let in again; what training makes meanwhile waits.

    Raises ModelNotFound, or VersionNotKept where the version is not kept (any more). `by_id` None: from the command line.
    """
    _known(name, version)
    before = artifacts.version_in_force(name)
    artifacts.put_in_force(name, version)
    artifacts.pin(name)
    guard.audit(
        actor_id=by_id, action="models.choose", object=f"model:{name}",
        before={"version": before}, after={"version": version},
    )  # fmt: skip


def go_back(*, by_id: int | None, name: str, version: str = "") -> str:
    """As `choose_version`; without a version, the one before that in force, or NothingEarlier. Returns which is in force now."""
    current = artifacts.version_in_force(artifacts.known(name))
    if not version:
        known = _known(name, current)
        earlier = known[known.index(current) + 1 :]
        if not earlier:
            raise NothingEarlier(name=name)
        version = earlier[0]
    choose_version(by_id=by_id, name=name, version=version)
    return version


def let_in(*, by_id: int | None, name: str) -> None:
    """The next version that proves itself comes into force by itself again. What is in force stays until then."""
    artifacts.known(name)
    if artifacts.is_pinned(name):
        artifacts.unpin(name)
        version = artifacts.version_in_force(name)
        guard.audit(
            actor_id=by_id, action="models.let_in", object=f"model:{name}",
            before={"version": version}, after=None,
        )  # fmt: skip


def _known(name: str, version: str) -> list[str]:
    """The versions kept of a model, the newest first: this one is among them."""
    kept = artifacts.versions(artifacts.known(name))
    if version not in kept:
        raise VersionNotKept(name=name, known=", ".join(kept) or "–")
    return kept
