"""`--set NAME=VALUE`: a model's own settings as they are typed."""

from __future__ import annotations

import dataclasses

from ritual.errors import BadInput, nearest


def model_settings(model: str, texts: list[str]) -> dict[str, object]:
    """The settings of a model, each of the type that it has.

    Raises:
        BadInput: no such model or setting, or a value of another type.
    """
    from ritual.imagery.models import model_class

    kind = model_class(model)
    known = {field.name: getattr(kind.Options(), field.name) for field in dataclasses.fields(kind.Options)}
    found: dict[str, object] = {}
    for text in texts:
        name, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not value:
            raise BadInput(f"'--set {text}' is not NAME=VALUE.", hint="Write for example --set cycle=20.")
        if name not in known:
            raise BadInput(f"The model '{model}' has no setting '{name}'.", hint=nearest(name, known))
        found[name] = _typed(name, value, type(known[name]))
    return found


def _typed(name: str, value: str, wanted: type) -> object:
    if wanted is bool:
        if value.lower() not in ("true", "false"):
            raise BadInput(f"The setting '{name}' is '{value}'; it is true or false.")
        return value.lower() == "true"
    try:
        return wanted(value)
    except ValueError:
        raise BadInput(f"The setting '{name}' is '{value}', which is no {wanted.__name__}.") from None
