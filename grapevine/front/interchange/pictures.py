"""Pictures of a folder: each file is stored once, however many rows show it."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from grapevine.front.interchange.checking import Fault
from grapevine.front.interchange.known import known, remember
from grapevine.media import facade as media

KIND = "pictures"
BYTES_MAX = 20_000_000


class Pictures:
    """Stores on first need and remembers the file's digest, also from one import to the next."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._digests: dict[str, str] = {}
        self._ids: dict[str, int] = {}

    def check(self, path: str, column: str) -> None:
        """Raise Fault unless the folder holds this file; nothing outside the folder is read."""
        file = self.folder / path
        if not file.is_file() or not file.resolve().is_relative_to(self.folder.resolve()):
            raise Fault(column, f"找不到图片 / no such picture: {path}")
        if file.stat().st_size > BYTES_MAX:
            raise Fault(column, f"图片太大 / picture too large: {path}")

    def store(self, paths: Iterable[str]) -> None:
        """Store those not stored before, in one go."""
        fresh: dict[str, str] = {}
        for path in sorted(set(paths)):
            if path not in self._digests:
                self._digests[path] = self._digest(path)
                fresh[self._digests[path]] = path
        if not fresh:
            return
        before = known(KIND, fresh)
        self._ids |= {digest: int(row.internal_id) for digest, row in before.items()}
        wanted = [(digest, path) for digest, path in fresh.items() if digest not in before]
        if wanted:
            self._save(wanted)

    def _save(self, wanted: list[tuple[str, str]]) -> None:
        cards = media.store_pictures_bulk([(None, self.folder / path, "") for _, path in wanted])
        pairs = list(zip(wanted, cards, strict=True))
        remember(KIND, ((digest, str(card.id), 0) for (digest, _), card in pairs))
        self._ids |= {digest: card.id for (digest, _), card in pairs}

    def _digest(self, path: str) -> str:
        return hashlib.sha256((self.folder / path).read_bytes()).hexdigest()[:40]

    def id_of(self, path: str) -> int:
        return self._ids[self._digests[path]]

    def forget(self) -> None:
        """After a batch was taken back: what it stored may be gone."""
        self._digests.clear()
        self._ids.clear()
