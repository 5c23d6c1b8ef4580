"""Runs pytest inside a real Blender and exits with pytest's own code.

blender -b --factory-startup --python-exit-code 9 -P tests/blender/run_inside.py -- tests/blender/inside/FILE.py
.venv-bpy/bin/python tests/blender/run_inside.py -- tests/blender/inside/FILE.py
"""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    arguments = sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:]
    sys.path[:0] = [str(ROOT / "addon"), str(ROOT / "addon" / "scripts")]
    os.chdir(ROOT)
    return int(pytest.main(["-p", "no:cacheprovider", "-rs", *arguments]))


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # a Blender that crashes while closing must not hide the verdict
