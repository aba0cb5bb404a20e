"""What operators decide of models: which version is in force. Every decision is in the audit trail."""

from grapevine.discovery import artifacts
from grapevine.discovery.contracts import ArtifactInvalid
from grapevine.guard import facade as guard


def choose_version(*, by_id: int | None, name: str, version: str) -> None:
    """Put a kept version in force and leave it there until new ones are let in again; what training makes meanwhile waits.

    Raises ArtifactInvalid where the version is not kept (any more). `by_id` None: from the command line.
    """
    if name not in artifacts.KEYS:
        raise ArtifactInvalid
    before = artifacts.version_in_force(name)
    artifacts.put_in_force(name, version)
    artifacts.pin(name)
    guard.audit(
        actor_id=by_id, action="models.choose", object=f"model:{name}",
        before={"version": before}, after={"version": version},
    )  # fmt: skip


def go_back(*, by_id: int | None, name: str, version: str = "") -> str:
    """As `choose_version`; without a version, the one before that in force. Returns which is in force now."""
    known, current = artifacts.versions(name), artifacts.version_in_force(name)
    if not version:
        if current not in known:
            raise ArtifactInvalid
        version = known[min(known.index(current) + 1, len(known) - 1)]
    choose_version(by_id=by_id, name=name, version=version)
    return version


def let_in(*, by_id: int | None, name: str) -> None:
    """The next version that proves itself comes into force by itself again. What is in force stays until then."""
    if name not in artifacts.KEYS:
        raise ArtifactInvalid
    if artifacts.is_pinned(name):
        artifacts.unpin(name)
        version = artifacts.version_in_force(name)
        guard.audit(
            actor_id=by_id, action="models.let_in", object=f"model:{name}",
            before={"version": version}, after=None,
        )  # fmt: skip
