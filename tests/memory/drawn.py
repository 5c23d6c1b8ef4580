"""Patterns with known answers, drawn as formulas."""

import math

import torch

SIDE = 256


def axes():
    line = (torch.arange(SIDE) + 0.5) / SIDE - 0.5
    return torch.meshgrid(line, line, indexing="ij")


def painted(ink, colour=(0.0, 0.0, 0.0), ground=(1.0, 1.0, 1.0)):
    """(1, 3, S, S) of an ink coverage (S, S) in 0..1."""
    front, back = torch.tensor(colour).view(3, 1, 1), torch.tensor(ground).view(3, 1, 1)
    return (ink * front + (1 - ink) * back)[None]


def edge(distance, softness=0.004):
    """Coverage of what lies where the distance is negative."""
    return torch.sigmoid(-distance / softness)


def lines(count=6, width=0.02, turned=0.0):
    y, x = axes()
    across = x * math.cos(turned) + y * math.sin(turned)
    apart = ((across * count + 0.5) % 1 - 0.5).abs() / count
    return edge(apart - width)


def line_grid(count=5, width=0.015):
    return torch.maximum(lines(count, width), lines(count, width, math.pi / 2))


def disc(radius=0.3):
    y, x = axes()
    return edge((x**2 + y**2).sqrt() - radius)


def spiral(turns=4, width=0.018):
    y, x = axes()
    radius, angle = (x**2 + y**2).sqrt(), torch.atan2(y, x)
    pitch = 0.45 / turns
    apart = ((radius / pitch - angle / (2 * math.pi) + 0.5) % 1 - 0.5).abs() * pitch
    return edge(torch.maximum(apart - width, radius - 0.45))


def rosette(folds, turned=0.3):
    y, x = axes()
    radius, angle = (x**2 + y**2).sqrt(), torch.atan2(y, x)
    return edge(radius - 0.28 - 0.12 * (folds * (angle - turned)).cos())
