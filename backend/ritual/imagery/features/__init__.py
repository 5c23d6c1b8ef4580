"""Features of pictures for losses and measures: a frozen network of a local file, or the memory's."""

from ritual.imagery.features.features import Features, features_of, untrained_features
from ritual.imagery.features.files import read_weights, sha256_of

__all__ = ["Features", "features_of", "read_weights", "sha256_of", "untrained_features"]
