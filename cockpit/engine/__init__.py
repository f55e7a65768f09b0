"""Where it meets: one detached process per release, its socket and its clients."""
