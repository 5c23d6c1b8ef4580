from __future__ import annotations
def fit_joints(motion):
    return "not yet"
