"""A load generator that costs little: keep-alive sockets, one thread a client, requests written by hand."""

import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any


class Client:
    """One keep-alive connection. Not thread-safe."""

    def __init__(self, port: int, token: str = "") -> None:
        self._port = port
        self._auth = f"Authorization: Bearer {token}\r\n" if token else ""
        self._socket: socket.socket | None = None
        self._rest = b""

    def send(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
    ) -> tuple[int, bytes]:
        """One request; returns (status, body). A lost connection is made anew once."""
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{self._auth}{more}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        ).encode()
        for last in (False, True):
            try:
                return self._once(head + body)
            except OSError:
                self._socket, self._rest = None, b""
                if last:
                    raise
        raise AssertionError

    def _once(self, request: bytes) -> tuple[int, bytes]:
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self._port), timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        data = self._rest
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _, data = data.partition(b"\r\n\r\n")
        status = int(head[9:12])
        lower = head.lower()
        at = lower.find(b"content-length:")
        size = int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        while len(data) < size:
            data += self._more()
        self._rest = data[size:]
        return status, data[:size]

    def _more(self) -> bytes:
        assert self._socket is not None
        chunk = self._socket.recv(65536)
        if not chunk:
            raise ConnectionError("closed")
        return chunk

    def post(self, path: str, body: Any, headers: dict[str, str] | None = None) -> tuple[int, Any]:
        status, answer = self.send("POST", path, json.dumps(body).encode(), headers)
        return status, json.loads(answer) if answer else None


def run(clients: int, seconds: float, act: Callable[[int, int], bool]) -> tuple[int, int, float]:
    """`act(client, turn)` over and over in `clients` threads; (true, false, seconds it took)."""
    until = time.perf_counter() + seconds
    counts = [[0, 0] for _ in range(clients)]
    faults: list[BaseException] = []

    def loop(client: int) -> None:
        turn = 0
        try:
            while time.perf_counter() < until and not faults:
                counts[client][0 if act(client, turn) else 1] += 1
                turn += 1
        except BaseException as error:  # noqa: BLE001  told below
            faults.append(error)

    start = time.perf_counter()
    threads = [threading.Thread(target=loop, args=(n,)) for n in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(c[0] for c in counts), sum(c[1] for c in counts), time.perf_counter() - start
