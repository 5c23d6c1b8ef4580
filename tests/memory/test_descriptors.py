"""Table 1 on drawn patterns whose answers are known."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ritual.memory.descriptors import NAMES, SIDE, describe
from tests.memory.drawn import disc, line_grid, lines, painted, rosette, spiral
