"""The square that growth is simulated, learnt and drawn on, and how much of it each kind covers at most."""

from __future__ import annotations

SIZE = 64  # cells a side
KINDS = ("insect", "mould")
FULL = {"insect": 0.25, "mould": 0.5}  # share covered at strength 1; ours, no source
LEAST = 0.04  # of the strength: below it there is less than one hole to draw
