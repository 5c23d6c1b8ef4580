"""Weights by the name that Hugging Face's hub knows them by; fetched only where a user writes such a name."""

from __future__ import annotations

from pathlib import Path

from ritual.errors import BadInput, RitualError

PREFIX = "hub:"
_FILE = "model.safetensors"


def local(source: Path | str) -> Path:
    """A local file as it is; `hub:owner/name` is asked of the hub's cache on disk, and fetched if it is not there.

    Raises:
        RitualError: huggingface_hub is not installed.
        BadInput: the hub has no such weights, or it cannot be reached and the cache does not hold them.
    """
    name = str(source)
    if not name.startswith(PREFIX):
        return Path(source)
    try:
        from huggingface_hub import hf_hub_download
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise RitualError(
            "Weights of the hub need huggingface_hub, which is not installed.",
            hint="Install the extra `train`, or give a local safetensors file.",
        ) from error
    try:
        return Path(hf_hub_download(name.removeprefix(PREFIX), _FILE))
    except (HfHubHTTPError, OSError, ValueError) as error:
        why = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise BadInput(f"'{name}' gave no {_FILE}: {why}", hint="Name hub:OWNER/NAME, or a local file.") from error
