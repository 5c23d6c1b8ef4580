"""The graph of a folder as it stands now: what a curator saves holds from the next look on, unless it is broken."""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path

from ritual.culture.graph import Graph, load_graph
from ritual.culture.turtle import graph_files, read_folder
from ritual.errors import BadGraph
from ritual.resources import resource
from ritual.service.contract import GraphReply

log = logging.getLogger(__name__)

_SETTLED_SECONDS = 2.0  # a file saved twice within one tick of the disk's clock may look the same
CURRENT = GraphReply(state="current")
_Stamp = dict[str, tuple[int, int]]


class LivingGraph:
    """The last sound state of a folder; may be asked from any thread.

    Args:
        folder: the graph's folder; None = the one that ships.
        graph: what was loaded from it.
    """

    def __init__(self, folder: Path | None, graph: Graph) -> None:
        self._folder = resource("knowledge_graph") if folder is None else Path(folder)
        self._graph = graph
        self._judged, self._verdict = graph.texts, CURRENT
        self._stamp: _Stamp | None = None
        self._looking = threading.Lock()
        self.state = CURRENT

    def now(self) -> Graph:
        """The graph as its files say, or the last good one where they are broken; `state` then says so.

        Looks at times and sizes only, and reads the files where these have changed.
        """
        with self._looking:
            try:
                state = self._look()
            except BadGraph as error:
                state = _outdated(error)
            if state != self.state:
                log.warning("%s", state.message or f"The knowledge graph in {self._folder} is sound again.")
            self.state = state
            return self._graph

    def _look(self) -> GraphReply:
        stamp, at = _stamp(self._folder), time.time()
        if stamp != self._stamp:
            texts = read_folder(self._folder)
            if texts != self._judged:
                self._judged, self._verdict = texts, self._judge(texts)
            newest = max(changed for changed, _ in stamp.values()) / 1e9
            self._stamp = stamp if at - newest > _SETTLED_SECONDS else None
        return self._verdict

    def _judge(self, texts: dict[str, str]) -> GraphReply:
        """Take the files over if they are sound."""
        try:
            if texts != self._graph.texts:
                self._graph = load_graph(self._folder, known=self._graph)
                log.info("The knowledge graph in %s was edited and is read again.", self._folder)
        except BadGraph as error:
            return _outdated(error)
        return CURRENT


def _stamp(folder: Path) -> _Stamp:
    """Time of the last change [ns] and size of every file.

    Raises:
        BadGraph: the folder is missing, or a file vanished while we looked.
    """
    found = {}
    for name, path in graph_files(folder).items():
        try:
            status = path.stat()
        except OSError as error:
            raise BadGraph(f"{name} cannot be read: {error.strerror}.") from error
        found[name] = status.st_mtime_ns, status.st_size
    return found


def _outdated(error: BadGraph) -> GraphReply:
    message = f"The files of the knowledge graph hold a mistake, so their last good state stays in use. {error}"
    return GraphReply(state="outdated", message=message)
