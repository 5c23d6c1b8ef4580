"""What time does to pictures: six kinds of damage, each with a strength, a seed and a mask (docs/pictures.md)."""

from ritual.pictures.damage.damaged import PAPER, Damaged, DamagedBatch, chosen_strengths, damage_batch, damaged
from ritual.pictures.damage.kinds import KINDS, kind_of

__all__ = ["KINDS", "PAPER", "Damaged", "DamagedBatch", "chosen_strengths", "damage_batch", "damaged", "kind_of"]
