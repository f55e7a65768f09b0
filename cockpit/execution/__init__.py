"""Doing steps: on hosts over SSH, here, over HTTP."""
