"""How a place is handed to a new process: as words of its command line."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

from cockpit.engine.place import Home, Place


def words(place: Place) -> tuple[str, ...]:
    """The words that say where a release lies."""
    shared = ("--shared",) if place.shared else ()
    return (place.release, "--home", str(place.folder.parent), *shared)


def parser(program: str) -> ArgumentParser:
    """Reads those words; the caller may add its own."""
    parser = ArgumentParser(program)
    parser.add_argument("release")
    parser.add_argument("--home", type=Path)
    parser.add_argument("--shared", action="store_true")
    return parser


def place(found: Namespace) -> Place:
    """The place that was read; without a home, it is this login's."""
    home = Home(found.home, found.shared) if found.home else Home.default()
    return home.find(found.release)
