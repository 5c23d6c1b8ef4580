"""Which names of the knowledge graph a text mentions, in English and in Chinese.

An index over the names, so that a text costs as much as it is long however many names there are. The longest name wins
where two overlap; names of one length at one place all count.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

_SENTENCE = re.compile(r"[.;:!?。；：！？]")
_WORD = re.compile(r"[^\W_]+")
_NO_SPACES = ("zh", "ja", "bo")  # languages whose words stand without spaces between them


class _Span(NamedTuple):
    start: int
    end: int


class NameIndex:
    """Names to be looked for; each stands for a key, and several names may stand for one key.

    A Chinese name is found anywhere; one in another script only as whole words, case ignored, singular or plural, its
    words joined by spaces or hyphens, never across the end of a sentence.
    """

    def __init__(self, names: Iterable[tuple[str, str, Hashable]]) -> None:
        """Args: names: (name, language, key)."""
        self._words: dict[tuple[str, ...], set[Hashable]] = defaultdict(set)
        self._signs: dict[str, set[Hashable]] = defaultdict(set)
        for name, language, key in names:
            words = _WORD.findall(name.casefold())
            if language.startswith(_NO_SPACES):
                self._signs[name].add(key)
            elif words:
                for last in _numbers(words[-1]):
                    self._words[(*words[:-1], last)].add(key)
        self._most_words = max(map(len, self._words), default=0)
        self._sign_lengths = sorted(set(map(len, self._signs)) - {0}, reverse=True)

    def mentioned(self, text: str) -> set[Hashable]:
        """Keys of the names that the text mentions."""
        return {key for sentence in _SENTENCE.split(text) for key in self._in_sentence(sentence)}

    def _in_sentence(self, sentence: str) -> set[Hashable]:
        found: dict[_Span, set[Hashable]] = defaultdict(set)
        for span, keys in (*self._by_words(sentence), *self._by_signs(sentence)):
            found[span] |= keys
        kept: list[_Span] = []
        for span in sorted(found, key=lambda span: (span.start - span.end, span.start)):
            if all(span.end <= other.start or other.end <= span.start for other in kept):
                kept.append(span)
        return {key for span in kept for key in found[span]}

    def _by_words(self, sentence: str) -> Iterator[tuple[_Span, set[Hashable]]]:
        words = list(_WORD.finditer(sentence))
        plain = [word.group().casefold() for word in words]
        for start in range(len(words)):
            for end in range(start + 1, min(start + self._most_words, len(words)) + 1):
                for last in _numbers(plain[end - 1]):
                    if keys := self._words.get((*plain[start : end - 1], last)):
                        yield _Span(words[start].start(), words[end - 1].end()), keys

    def _by_signs(self, sentence: str) -> Iterator[tuple[_Span, set[Hashable]]]:
        for start in range(len(sentence)):
            for length in self._sign_lengths:
                if keys := self._signs.get(sentence[start : start + length]):
                    yield _Span(start, start + length), keys


def _numbers(word: str) -> set[str]:
    """The word and what it may be the plural of: `ladies` -> lady, ladie, ladi, ladies."""
    forms = {word}
    if len(word) > 3:
        forms |= {word.removesuffix("s"), word.removesuffix("es")}
        if word.endswith("ies"):
            forms.add(f"{word[:-3]}y")
    return forms
