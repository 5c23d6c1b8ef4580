"""Recordings as people have them become windows that models learn from: frames, sound, labels."""
