"""What metrics show: unknown metrics, hosts that they do not have, and settings without effect."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written.lint.places import on
from cockpit.rehearsal.written.stage import Stage


def metrics(stage: Stage) -> Iterator[Finding]:
    """What is wrong with the curves of each metric."""
    for name, written in stage.model.metrics.items():
        metric = stage.plan.metrics.get(name)
        if metric is None:
            yield unknown_metric(stage, ("metrics", name), name)
            continue
        for index, curve in enumerate(written):
            path: Path = ("metrics", name, index)
            yield from on(stage, path, curve.on, metric.hosts, f"`{name}`")
            for key in sorted(curve.model_fields_set - {"on", "given", "silent"}) if curve.silent else ():
                why = f"`{key}` does nothing here: there are no samples"
                yield Finding(stage.book.key(*path, key), "S219", why, "leave it out", "warning")


def unknown_metric(stage: Stage, path: Path, name: str) -> Finding:
    """That what stands at the path names no metric: a key, or the value of `metric`."""
    at = stage.book.at(*path) if path[-1] == "metric" else stage.book.key(*path)
    return Finding(at, "S208", f"unknown metric `{name}`", suggest(name, stage.plan.metrics, "metrics"))
