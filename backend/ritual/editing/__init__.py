"""Editing: a span of a clip is danced anew, or two clips are joined by a dance. Clips in, clips out.

Poses that a whole dance is to pass through are `keys` of `generate`.
"""

from ritual.editing.edits import Ask, between, regenerate
from ritual.editing.filling import Edited

__all__ = ["Ask", "Edited", "between", "regenerate"]
