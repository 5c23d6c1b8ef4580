"""The small pictures beside these tests, for the tests that ask for them."""

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def drawn_pictures():
    """The module that draws small pictures."""
    spec = spec_from_file_location("drawn_pictures", Path(__file__).parent / "drawn_pictures.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
