"""The deciding core: pure, immutable, without clock or IO."""
