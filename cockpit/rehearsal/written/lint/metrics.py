"""What metrics show: unknown metrics, hosts that they do not have, and settings without effect."""

from __future__ import annotations

from collections.abc import Iterator

from cockpit.playbook.nearest import suggest
from cockpit.playbook.node import Path
from cockpit.playbook.problem import Finding
from cockpit.rehearsal.written.lint.places import on
from cockpit.rehearsal.written.scene import Scene


def metrics(scene: Scene) -> Iterator[Finding]:
    """What is wrong with the curves of each metric."""
    for name, written in scene.model.metrics.items():
        metric = scene.plan.metrics.get(name)
        if metric is None:
            yield unknown_metric(scene, ("metrics", name), name)
            continue
        for index, curve in enumerate(written):
            path: Path = ("metrics", name, index)
            yield from on(scene, path, curve.on, metric.hosts, f"`{name}`")
            for key in sorted(curve.model_fields_set - {"on", "given", "silent"}) if curve.silent else ():
                why = f"`{key}` does nothing here: there are no samples"
                yield Finding(scene.book.key(*path, key), "S219", why, "leave it out", "warning")


def unknown_metric(scene: Scene, path: Path, name: str) -> Finding:
    """That what stands at the path names no metric: a key, or the value of `metric`."""
    at = scene.book.at(*path) if path[-1] == "metric" else scene.book.key(*path)
    return Finding(at, "S208", f"unknown metric `{name}`", suggest(name, scene.plan.metrics, "metrics"))
