"""Kuaidi100's other side: takes subscriptions, answers queries, pushes scans as it is told, with faults on demand."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from html import escape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlencode

from grapevine.kit.ids import new_token
from grapevine.trade.carriers.kuaidi100.config import Config
from grapevine.trade.carriers.kuaidi100.reading import CHINA
from grapevine.trade.carriers.kuaidi100.signing import sign
from grapevine.trade.payments.fakes.server import Answer, Asked, Back, Charge, Fake, Message

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
WORDS = {"1": "揽收", "0": "在途", "5": "派件", "3": "签收", "2": "疑难", "6": "退回", "4": "退签"}
JOURNEY = (
    ("1", "快递员已揽收", "深圳市"),
    ("0", "已到达分拨中心", "深圳市"),
    ("0", "已发往目的地", "广州市"),
    ("5", "正在派送，请保持电话畅通", "上海市"),
    ("3", "已签收，签收人：本人", "上海市"),
)
"""What happens to a parcel of the demo."""


@dataclass(slots=True)
class Parcel:
    """One subscription. `scans`: (moment, state, text, place), in the order they were made."""

    com: str
    number: str
    callback: str
    salt: str
    phone: str = ""
    scans: list[list[str]] = field(default_factory=list)
    at: float = field(default_factory=time.time)


class FakeKuaidi100(Fake):
    """`parcels` by number. `scan` makes one happen and pushes everything known, as the real one does."""

    name = "kuaidi100"
    title = "快递100"

    def __init__(
        self, *, port: int = 0, file: Path | None = None, customer: str, key: str
    ) -> None:  # fmt: skip
        self.parcels: dict[str, Parcel] = {}
        self.customer, self.key = customer, key
        super().__init__(port=port, file=file)

    @classmethod
    def paired(
        cls, *, port: int = 0, file: Path | None = None, keys: Path | None = None
    ) -> "tuple[FakeKuaidi100, Config]":
        """A fake, not yet started, and the config of its one account; secrets are made once and kept."""
        made = _secrets(keys)
        fake = cls(port=port, file=file, customer=made["customer"], key=made["key"])
        return fake, Config(made["customer"], made["key"], made["salt"], fake.url)

    def handle(self, asked: Asked) -> Answer:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        with self.lock:
            if asked.path == "/poll":
                return self._subscribe(form)
            if asked.path == "/poll/query.do":
                return self._query(form)
            if asked.path == "/parcels/":
                return self._page()
            if asked.path.startswith("/parcels/") and asked.method == "POST":
                self.advance(asked.path.removeprefix("/parcels/").strip("/"))
                return Answer(303, b"", {"Location": "/parcels/"})
        return Answer(404, b"not found")

    def _subscribe(self, form: Mapping[str, str]) -> Answer:
        try:
            param = json.loads(form["param"])
            told = param["parameters"]
            if param["key"] != self.key:
                return _said(result=False, code="600")
            parcel = Parcel(
                param["company"], param["number"], told["callbackurl"], told["salt"],
                told.get("phone", ""),
            )  # fmt: skip
        except (KeyError, ValueError, TypeError):
            return _said(result=False, code="700")
        known = self.parcels.setdefault(parcel.number, parcel)
        self.save()
        return _said(result=known is parcel, code="200" if known is parcel else "501")

    def _query(self, form: Mapping[str, str]) -> Answer:
        right = sign(form.get("param", ""), self.key, self.customer)
        if form.get("sign") != right or form.get("customer") != self.customer:
            return _said(result=False, code="503")
        number = json.loads(form["param"]).get("num", "")
        parcel = self.parcels.get(number)
        if parcel is None or not parcel.scans:
            return _said(result=False, code="500")
        return _json(self._result(parcel))

    def scan(
        self, number: str, state: str, text: str, *, at: datetime | None = None, place: str = "",
        tells: bool = True,
    ) -> None:  # fmt: skip
        """One scan happens; `tells` False is one whose push is lost."""
        moment = (at or datetime.now(UTC)).astimezone(CHINA)
        with self.lock:
            parcel = self.parcels[number]
            parcel.scans.append([moment.strftime("%Y-%m-%d %H:%M:%S"), state, text, place])
            self.save()
        if tells:
            self.tell(self.push_message(parcel))

    def advance(self, number: str) -> None:
        """The next step of the demo's journey, an hour after the last."""
        parcel = self.parcels.get(number)
        if parcel is not None and len(parcel.scans) < len(JOURNEY):
            step = len(parcel.scans)
            state, text, place = JOURNEY[step]
            start = datetime.fromtimestamp(parcel.at, UTC)
            self.scan(
                number, state, text, at=start + timedelta(seconds=step + 1), place=place
            )  # fmt: skip

    def _page(self) -> Answer:
        """The parcels followed, for people who try the demo."""
        rows = "".join(
            f"<li><b>{escape(one.com)} {escape(one.number)}</b> · {len(one.scans)}/{len(JOURNEY)}"
            f'<form method="post" action="/parcels/{escape(quote(one.number, safe=""))}">'
            "<button>下一步 · Next scan</button></form></li>"
            for one in self.parcels.values()
        )
        page = (
            '<!doctype html><html lang="zh-Hans"><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width"><title>快递100</title>'
            f"<h1>快递100</h1><p>演示用 · A demo</p><ul>{rows}</ul></html>"
        )
        return Answer(200, page.encode(), {"Content-Type": "text/html; charset=utf-8"})

    def push_message(self, parcel: Parcel, *, only: Sequence[int] | None = None) -> Message:
        """A signed push of all scans known, newest first, or of those at these places of the list."""
        result = self._result(parcel, only=only)
        state = str(result["state"])
        told = {
            "status": "shutdown" if state == "3" else "polling", "billstatus": "change",
            "message": "", "lastResult": result,
        }  # fmt: skip
        param = json.dumps(told, ensure_ascii=False)
        form = {"sign": sign(param, parcel.salt), "param": param}
        return Message(parcel.callback, FORM, urlencode(form).encode())

    def _result(self, parcel: Parcel, *, only: Sequence[int] | None = None) -> dict[str, object]:
        chosen = parcel.scans if only is None else [parcel.scans[n] for n in only]
        rows = sorted(chosen, key=lambda one: one[0], reverse=True)
        return {
            "message": "ok", "nu": parcel.number, "ischeck": "1" if rows and rows[0][1] == "3" else "0",
            "com": parcel.com, "status": "200", "state": rows[0][1] if rows else "0",
            "condition": "F00",
            "data": [
                {
                    "time": at, "ftime": at, "context": text, "areaName": place, "statusCode": state,
                    "status": WORDS.get(state, "在途"),
                }
                for at, state, text, place in rows
            ],
        }  # fmt: skip

    def forged(self, message: Message) -> Message:
        """The same with a signature by another secret."""
        form = parse_qs(message.body.decode())
        param = form["param"][0]
        body = urlencode({"sign": sign(param, "guess"), "param": param}).encode()
        return Message(message.url, message.headers, body)

    def payment_message(self, charge: Charge) -> Message | None:  # noqa: ARG002  it takes no money
        return None

    def refund_message(self, back: Back) -> Message | None:  # noqa: ARG002  it takes no money
        return None

    def save(self) -> None:
        if self._file is not None:
            rows = [asdict(one) for one in self.parcels.values()]
            fresh = self._file.with_suffix(".new")
            fresh.write_text(json.dumps(rows, ensure_ascii=False))
            fresh.replace(self._file)

    def _load(self) -> None:
        if self._file is not None and self._file.exists():
            rows = json.loads(self._file.read_text())
            self.parcels = {row["number"]: Parcel(**row) for row in rows}


def _secrets(folder: Path | None) -> dict[str, str]:
    made = {name: new_token() for name in ("customer", "key", "salt")}
    if folder is None:
        return made
    file = folder / "kuaidi100.json"
    if file.exists():
        kept: dict[str, str] = json.loads(file.read_text())
        return kept
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file.write_text(json.dumps(made))
    file.chmod(0o600)
    return made


def _json(told: object) -> Answer:
    body = json.dumps(told, ensure_ascii=False).encode()
    return Answer(200, body, {"Content-Type": "application/json"})


def _said(*, result: bool, code: str) -> Answer:
    return _json({"result": result, "returnCode": code, "message": code})
