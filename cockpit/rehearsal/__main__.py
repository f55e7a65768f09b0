"""`python -m cockpit.rehearsal RELEASE`: the process of one rehearsal's engine."""

from __future__ import annotations

import sys

from cockpit.engine.__main__ import main
from cockpit.engine.place import Place


def _serve(place: Place) -> bool:
    from cockpit.rehearsal.serve import serve  # noqa: PLC0415  whatever fails from here on is in the log

    return serve(place)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], _serve))
