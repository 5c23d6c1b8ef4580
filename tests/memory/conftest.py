"""The drawn patterns beside these tests, the shipped graph, and a small material, for the tests that ask for them."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from ritual.culture.graph import load_graph


@pytest.fixture(scope="session")
def drawn():
    """The module that draws patterns with known answers."""
    spec = spec_from_file_location("memory_drawn", Path(__file__).parent / "drawn.py")
    module = module_from_spec(spec)
    sys.modules["memory_drawn"] = module  # its dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def graph():
    return load_graph()


@pytest.fixture(scope="session")
def material(drawn, graph):
    """300 drawn patterns of 32 px as tensors."""
    from ritual.memory.material import Material

    return Material.of(drawn.DrawnCorpus(300, 32), graph)
