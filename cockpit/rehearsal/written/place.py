"""Where scenarios lie: those of the playbook `DIR/NAME.yaml` are `DIR/scenarios/NAME/SCENARIO.yaml`."""

from __future__ import annotations

from pathlib import Path

from cockpit.errors import UsageError
from cockpit.playbook.nearest import nearest

FOLDER = "scenarios"
ENDINGS = (".yaml", ".yml")


def scenarios_of(playbook: Path) -> tuple[Path, ...]:
    """The scenarios that lie beside a playbook, by name; none where its folder cannot be read."""
    folder = playbook.parent / FOLDER / playbook.stem
    try:
        return tuple(sorted(path for path in folder.iterdir() if path.suffix in ENDINGS))
    except (OSError, ValueError):
        return ()


def find(playbook: Path, scenario: str) -> Path:
    """The file of a scenario, given by its name or as a path; UsageError, with what there is, where there is none."""
    there = scenarios_of(playbook)
    for path in there:
        if path.stem == scenario:
            return path
    if "/" in scenario or scenario.endswith(ENDINGS):
        return Path(scenario)
    names = [path.stem for path in there]
    close = nearest(scenario, names)
    known = f"there are: {', '.join(names)}" if names else f"they lie in {playbook.parent / FOLDER / playbook.stem}"
    hint = f"did you mean {close}?" if close else known
    raise UsageError(f"no scenario {scenario!r} of {playbook}", hint=hint)


def playbook_of(scenario: Path) -> Path:
    """The playbook beside which a scenario lies, whether it is there or not."""
    folder = scenario.absolute().parent
    found = [folder.parent.parent / f"{folder.name}{ending}" for ending in ENDINGS]
    return next((path for path in found if path.exists()), found[0])


def is_among_scenarios(path: Path) -> bool:
    """Whether a file lies where scenarios do."""
    return path.absolute().parent.parent.name == FOLDER
