import sys
from pathlib import Path

import pytest

from ritual.culture.graph import load_graph

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="session")
def graph():
    return load_graph()


@pytest.fixture(scope="session")
def planner(graph):
    from ritual.scenes.plan import Planner

    return Planner(graph, 0)
