"""Ritual Motion: ritual and ethnic dance, fast to make and true to the culture it shows."""

__version__ = "0.1.0"
