"""The command `grapevine`."""

import argparse
import os
import sys
from collections.abc import Sequence

COMMANDS = {
    "up": "start web, live and worker together; Ctrl-C stops all of it",
    "worker": "deliver events and run periodic work",
    "import": "import a folder of CSV or Parquet files (docs/IMPORT.md)",
    "convert": "turn a public data set or a Shopify CSV into such a folder",
    "demo": "build the demo world, once",
    "train": "train the recommendation models and publish them",
    "evaluate": "measure the recommendation models on a data set",
    "models": "status: what is served and how good it is; list: versions kept; rollback [NAME [VERSION]]: put an earlier one in "
    "force; release NAME: let new ones in again",
    "ledger": "verify the ledger",
    "lake": "status: what the log holds; rebuild: make it anew from packed spool files and the outbox",
    "keys": "status: which keys seal how much; rotate: seal everything anew with the first key",
    "manage": "any Django command",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="grapevine")
    sub = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {
        name: sub.add_parser(name, help=text) for name, text in COMMANDS.items() if name != "manage"
    }
    made["up"].add_argument("--demo", action="store_true", help="build the demo world first")
    made["import"].add_argument("folder")
    made["convert"].add_argument("format")
    made["convert"].add_argument("source")
    made["convert"].add_argument("target")
    made["demo"].add_argument("--people", type=int, default=2000)
    made["demo"].add_argument("--seed", type=int, default=7)
    made["evaluate"].add_argument("folder")
    made["evaluate"].add_argument(
        "--format", default="split", help="lastfm, ciao, beidian or split"
    )
    made["evaluate"].add_argument("--seed", type=_seed, default=0)
    made["evaluate"].add_argument(
        "--refit",
        action=argparse.BooleanOptionalAction,
        help="fit the final model on train + valid, both masked; the default for split alone",
    )
    made["evaluate"].add_argument("--json", action="store_true")
    made["models"].add_argument("what", choices=["status", "list", "rollback", "release"])
    made["models"].add_argument("name", nargs="?", default="")
    made["models"].add_argument("version", nargs="?", default="")
    made["ledger"].add_argument("what", choices=["verify", "trial-balance", "clearing"])
    made["lake"].add_argument("what", choices=["status", "rebuild"])
    made["keys"].add_argument("what", choices=["status", "rotate"])
    sub.add_parser("manage", help=COMMANDS["manage"], add_help=False)
    return parser


def _seed(text: str) -> int:
    """For numpy's generators, which take no negative one; argparse names the option with what is wrong."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 on")
    return int(text)


def _manage(arguments: Sequence[str]) -> int:
    from django.core.management import execute_from_command_line

    execute_from_command_line(["grapevine manage", *arguments])
    return 0


def _dispatch(given: argparse.Namespace) -> int:
    import django

    django.setup()
    from grapevine.front import commands

    return commands.run(given)


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point. Exit code 0 done, 1 failed, 2 wrong input."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "grapevine.front.settings")
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] in (["train"], ["evaluate"]):
        # Read once, when numpy is loaded. The many small products wait for a second thread longer than it helps.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    if words[:1] == ["manage"]:
        return _manage(words[1:])
    given = _parser().parse_args(words)
    return _dispatch(given)


if __name__ == "__main__":
    sys.exit(main())
