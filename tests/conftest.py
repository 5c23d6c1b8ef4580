"""Property-based tests try the same cases every time, so that a failure is a change's and not the day's.

`HYPOTHESIS_PROFILE=search pytest tests/body` draws new cases, ten times as many where a test does not say how many.
"""

import os
from importlib.util import find_spec

if find_spec("hypothesis"):  # Blender's own Python, which runs part of these tests, has none
    from hypothesis import settings

    settings.register_profile("fixed", derandomize=True)
    settings.register_profile("search", derandomize=False, max_examples=1000)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fixed"))
