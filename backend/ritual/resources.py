"""Where the files that ship beside the code are: the graph, the weights, the add-on."""

from __future__ import annotations

from pathlib import Path

from ritual.errors import BadInput

_PACKAGE = Path(__file__).resolve().parent
_ROOTS = (_PACKAGE / "_data", _PACKAGE.parents[1])  # an installed wheel; a checkout


def resource(name: str) -> Path:
    """Path of `knowledge_graph`, `assets` or `addon`, in the wheel or in the checkout.

    Raises:
        BadInput: it is in neither.
    """
    for root in _ROOTS:
        if (root / name).exists():
            return root / name
    raise BadInput(
        f"The folder '{name}' is missing beside the installed package ({_ROOTS[0]} or {_ROOTS[1]}).",
        hint="Install the package again.",
    )
