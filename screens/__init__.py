"""The screens: they translate the release's state into rows, and keys into intents."""
