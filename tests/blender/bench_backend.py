"""The real service over a small real work: clips from the graph's stances, and a brake that a prompt can pull.

Run as the add-on runs the backend (`-m ritual.cli.serve --handshake ...`). Rules, projection, queue, HTTP and process
are the real ones; only the model is left out, so that a test can stop the clock: a prompt with the word "slowly" works
until it is cancelled or killed, and one with "crash" ends the process.
"""

from __future__ import annotations

import os
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import torch

from ritual.body.kinematics import forward
from ritual.body.skeleton import ANGLES
from ritual.brief import Brief, CancelCheck, Progress, ProgressCallback
from ritual.clip.clip import MotionClip
from ritual.clip.tensors import to_bytes
from ritual.culture.compliance import enforce
from ritual.culture.graph import Graph, load_graph
from ritual.culture.rulebook import Rulebook
from ritual.errors import Cancelled
from ritual.service import contract, serve
from ritual.service.contract import VariantReply
from ritual.service.edits import RegenerateRequest
from ritual.service.jobs import JobResult
from ritual.service.models import Models, _plain
from ritual.service.picture_work import PictureTask


class Bench(Models):
    """Models without the model."""

    def _load(self) -> Loaded:
        return Loaded(load_graph(self._graph))

    def work(self, task: Brief | RegenerateRequest, progress: ProgressCallback, cancelled: CancelCheck) -> JobResult:
        if isinstance(task, PictureTask):
            return super().work(task, progress, cancelled)
        return self._edited(task) if isinstance(task, RegenerateRequest) else self._danced(task, progress, cancelled)

    def _edited(self, edit: RegenerateRequest) -> JobResult:
        """The span stands still, as far as that is allowed."""
        clip = edit.motion.to_clip()
        book = self._ready().graph.rulebook(edit.motion.dance, edit.motion.performer, edit.motion.occasion)
        angles = clip.angles.copy()
        angles[edit.start : edit.end] = angles[edit.start]
        angles, report = enforce(angles, book.domain, clip.fps)
        made = replace(clip, angles=angles, name=f"{book.dance.slug} 1 (edited, seed {edit.seed})")
        told = VariantReply(index=1, name=made.name, frames=made.frames, fps=made.fps, report=_plain(report.to_dict()))
        return JobResult((to_bytes(made),), (told,), {})

    def _danced(self, brief: Brief, progress: ProgressCallback, cancelled: CancelCheck) -> JobResult:
        if "crash" in brief.prompt:
            os._exit(1)
        graph = self._ready().graph
        rulebook = graph.dressed(graph.rulebook(brief.dance, brief.performer, brief.occasion), brief.patterns)
        step = 0
        while "slowly" in brief.prompt:
            step += 1
            progress(Progress("inverse kinematics", min(step, 90), 100, 60.0))
            if cancelled():
                raise Cancelled("The generation was cancelled.")
            time.sleep(0.05)
        clips, replies = [], []
        for number in range(1, brief.variants + 1):
            progress(Progress("ground", number, brief.variants, 0.1))
            angles, report = enforce(_angles(rulebook, brief, number), rulebook.domain, brief.fps)
            clip = _clip(angles, rulebook, brief, number)
            clips.append(to_bytes(clip))
            replies.append(
                VariantReply(index=number, name=clip.name, frames=clip.frames, fps=clip.fps,
                             report=_plain(report.to_dict()))
            )  # fmt: skip
        return JobResult(tuple(clips), tuple(replies), {})


class Loaded:
    """What `Models` reads of an Engine here."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph


def _angles(rulebook: Rulebook, brief: Brief, number: int) -> np.ndarray:
    """From stance to stance, each variant from another one on; the wrists swing out of what is allowed."""
    stances = [stance.angles for stance in rulebook.stances]
    track = []
    for frame in range(brief.frames):
        whole, part = divmod(frame / brief.fps + number, 1.0)
        here, there = (stances[int(whole + k) % len(stances)] for k in (0, 1))
        track.append((1 - part) * here + part * there)
    angles = np.array(track)
    swing = np.radians(80) * np.sin(np.linspace(0, np.pi, brief.frames)) ** 2
    angles[:, ANGLES.index("left_wrist_flexion")] = swing
    return angles


def _clip(angles: np.ndarray, rulebook: Rulebook, brief: Brief, number: int) -> MotionClip:
    frames = len(angles)
    translation = np.tile([0.0, 0.0, 0.92], (frames, 1))
    rotation = np.tile([1.0, 0.0, 0.0, 0.0], (frames, 1))
    pose = forward(*(torch.tensor(a) for a in (angles, translation, rotation)))
    meta = {
        "dance": rulebook.dance.slug, "label": rulebook.dance.label, "performer": rulebook.performer,
        "prompt": brief.prompt, "seed": brief.seed, "costume": asdict(rulebook.costume),
    }  # fmt: skip
    name = f"{rulebook.dance.slug} {number} (seed {brief.seed})"
    return MotionClip(angles, translation, rotation, pose.positions.numpy(), brief.fps, name, meta)


def main() -> None:
    options = dict(zip(sys.argv[3::2], sys.argv[4::2], strict=True))
    if protocol := os.environ.get("RITUAL_TEST_PROTOCOL"):
        contract.HealthReply.model_fields["protocol"].default = int(protocol)
        contract.HealthReply.model_rebuild(force=True)
    torch.set_num_threads(1)
    serve.Models = Bench
    graph = Path(options["--graph"]) if "--graph" in options else None
    memory = Path(os.environ["RITUAL_TEST_MEMORY"]) if "RITUAL_TEST_MEMORY" in os.environ else None
    parent = int(options["--parent-pid"])
    imagery = Path(os.environ["RITUAL_TEST_IMAGERY"]) if "RITUAL_TEST_IMAGERY" in os.environ else None
    serve.serve(
        handshake=Path(options["--handshake"]), parent_pid=parent, graph=graph, memory=memory, imagery=imagery
    )


if __name__ == "__main__":
    main()
