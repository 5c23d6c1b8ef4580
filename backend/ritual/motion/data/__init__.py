"""Real motion for training: folders of motion capture read, cached, split by person, cut where they are broken."""

from ritual.motion.data.corpus import Corpus, load_corpus
from ritual.motion.data.splits import HELD_OUT, VALIDATION, group_of, split_of
from ritual.motion.data.take import Take, heading_states, mirrored

__all__ = [
    "HELD_OUT", "VALIDATION", "Corpus", "Take", "group_of", "heading_states", "load_corpus", "mirrored", "split_of",
]  # fmt: skip
