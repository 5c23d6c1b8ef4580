"""Property-based tests try the same cases every time, so that a failure is a change's and not the day's.

`HYPOTHESIS_PROFILE=search pytest tests/body` draws new cases, ten times as many where a test does not say how many.
"""

import os
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

if find_spec("hypothesis"):  # Blender's own Python, which runs part of these tests, has none
    from hypothesis import settings

    settings.register_profile("fixed", derandomize=True)
    settings.register_profile("search", derandomize=False, max_examples=1000)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))


@pytest.fixture(scope="session")
def smpl_writing():
    """The module that writes our clips as AIST++, AMASS and HumanML3D would."""
    spec = spec_from_file_location("smpl_writing", Path(__file__).parent / "smpl_writing.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small_memory():
    """The module that trains a small memory of patterns and draws pictures for it."""
    spec = spec_from_file_location("small_memory", Path(__file__).parent / "small_memory.py")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def small_memory_path(small_memory, tmp_path_factory):
    """Its weights, trained once."""
    return small_memory.train_small(tmp_path_factory.mktemp("memory") / "memory.safetensors")
