"""Textual screens and modals."""
