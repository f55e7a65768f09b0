"""Taking samples: Prometheus, Datadog, JSON over HTTP, a command's output, probes."""
