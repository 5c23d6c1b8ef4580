"""Every solver through the workload, and the figures that come of it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.ik import baselines, environment, ours
from benchmarks.ik.clips import FPS, Clip, place
from benchmarks.ik.holes import KINDS, Holes, breaks, violations
from benchmarks.ik.jobs import FINE, TOLERANCE, Workload, hand_out, part
from benchmarks.ik.measures import Track, corrected, milliseconds, over_seeds, quality, unreached, worst_joint
from ritual.errors import RitualError

CHANGED = FINE  # [m] a stricter look at false alarms


def say(words: str) -> None:
    print(words, flush=True)


def ours_alone(work: Workload, repeats: int) -> dict:
    """Every figure that needs no peer."""
    say("ours: compiling ...")
    ours.warm_up(work.clips[0], work.holes["dense"][0].domain())
    figures = _speed(work, repeats)
    say("ours: cold starts ...")
    found, cpu, _ = ours.timed(ours.cold, [(place(work.cold),)])
    missed = quality(found[0].angles, work.cold)["failures"]
    figures |= {
        "cold_failures": missed,
        "cold_failure_share": round(missed / len(work.cold), 4),
        "cold": {"targets": len(work.cold), "restarts_at_most": ours.RESTARTS, **milliseconds(cpu, len(work.cold))},
    }
    return figures | _legal(work) | _illegal(work)


def _speed(work: Workload, repeats: int) -> dict:
    clips = work.clips
    settings = {
        "batch": (ours.batch, "fixed"),
        "single": (ours.single, "fixed"),
        "batch_free_root": (ours.batch, "free"),
        "single_free_root": (ours.single, "free"),
        "at_once": (ours.at_once, "fixed"),
        "at_once_1mm": (partial(ours.at_once, tolerance=FINE), "fixed"),
        "batch_1mm": (ours.to_1mm, "fixed"),
        "batch_1mm_free_root": (ours.to_1mm, "free"),
        "jt": (ours.jt, "fixed"),
    }
    rows = {}
    for name, (step, root) in settings.items():
        say(f"ours: {name.replace('_', ' ')} ...")
        rows[name] = _timed(step, root, clips, repeats)
    return {
        "ours_batch_ms": rows["batch"]["ms"],
        "ours_single_ms": rows["single"]["ms"],
        "jt_ms": rows["jt"]["ms"],
        "jt_iterations": rows["jt"]["iterations"],
        "iterations_1mm": rows["batch_1mm"]["iterations"],
        "angle_error_deg_1mm": rows["at_once_1mm"]["angle_error_deg_all_36"],
        "angle_error_deg_1mm_followed": rows["batch_1mm"]["angle_error_deg_all_36"],
        "angle_error_deg_1mm_followed_determined": rows["batch_1mm"]["angle_error_deg"],
        "ours": rows,
        "units": "ms = milliseconds of CPU time a frame, one thread; root fixed unless a name says free_root; "
        "angle errors are means over the angles that joint positions determine (`measures.determined`), "
        "without_head over the 34 on which they depend, all_36 over all; angle_error_deg_1mm is over all 36, "
        "each frame started from the true pose before it; followed = from the solution before it, where what no "
        "position tells drifts",
    }


def _timed(step: Callable[[Clip, str], ours.Track], root: str, clips: list[Clip], repeats: int) -> dict:
    """Figures of one setting; the given first frame of each clip is not counted."""
    found, cpu, wall = ours.timed(step, [(clip, root) for clip in clips], repeats)
    frames = sum(len(clip.angles) - 1 for clip in clips)
    goals = [clip.targets if root == "free" else clip.local for clip in clips]
    pairs = list(zip(found, goals, strict=True))
    iterations = np.concatenate([track.iterations[1:] for track in found])
    errors = quality(*(np.concatenate([x.angles[1:] for x in some]) for some in (found, clips)))
    miss = np.concatenate([np.linalg.norm(track.positions - goal, axis=-1)[1:] for track, goal in pairs])
    return {
        **milliseconds(cpu, frames),
        "wall_ms": milliseconds(wall, frames)["ms"],
        "frames": frames,
        "iterations": round(float(iterations.mean()), 3),
        "iterations_p99": float(np.percentile(iterations, 99)),
        "failures": sum(unreached(track.positions[1:], goal[1:]) for track, goal in pairs),
        "position_error_mm": round(1000 * float(miss.mean()), 3),
        "worst_joint_mm_p95": round(1000 * float(np.percentile(miss.max(-1), 95)), 3),
        **{key: value for key, value in errors.items() if key.startswith("angle_error")},
        "violations": sum(violations(track.angles, None) for track in found),
    }


def _legal(work: Workload) -> dict:
    """Motions that keep to the taboos: followed pose by pose, and (`corrected`) put through what mends illegal ones.

    A pose by itself promises nothing of the way to the next, so what lies between frames is told apart; for a
    corrected track it counts as a violation.
    """
    groups: dict[str, dict] = {}
    changed = 0
    for name, (holes, clips) in work.legal.items():
        kind, how, seed = name.split()
        if seed == "0":
            say(f"ours: legal motion, {kind}, {how} ...")
        domain = holes.domain()
        found, cpu, _ = ours.timed(ours.legal, [(clip, domain) for clip in clips])
        row = groups.setdefault(
            f"{kind} {how}",
            {"frames": 0, "violations": 0, "between_frames": 0, "unreached": 0, "violations_corrected": 0,
             "false_alarm_frames": 0, "cpu_s": 0.0, "worst_joint_mm": 0.0},
        )  # fmt: skip
        row["cpu_s"] += sum(cpu)
        for track, clip in zip(found, clips, strict=True):
            row["frames"] += len(clip.angles) - 1
            broken = int(breaks(track.angles, holes).sum())
            row["violations"] += broken
            row["between_frames"] += violations(track.angles, holes) - broken
            row["unreached"] += unreached(track.positions[1:], clip.local[1:])
            worst = 1000 * float(worst_joint(track.positions, clip.local).max())
            row["worst_joint_mm"] = max(row["worst_joint_mm"], round(worst, 2))
            kept = ours.illegal(clip, domain, FPS)
            row["violations_corrected"] += violations(kept.angles, holes)
            row["false_alarm_frames"] += unreached(kept.positions, clip.targets)
            changed += unreached(kept.positions, clip.targets, CHANGED)
    for row in groups.values():
        row["ms"] = round(1000 * row.pop("cpu_s") / row["frames"], 4)
    return {
        "violations": sum(row["violations"] for row in groups.values()),
        "violations_between_frames_pose_by_pose": sum(row["between_frames"] for row in groups.values()),
        "unreached": sum(row["unreached"] for row in groups.values()),
        "violations_corrected": sum(row["violations_corrected"] for row in groups.values()),
        "false_alarm_frames": sum(row["false_alarm_frames"] for row in groups.values()),
        "false_alarm_frames_1mm": changed,
        "legal": groups,
    }


def _illegal(work: Workload) -> dict:
    """Raw dance against taboos that forbid most of its frames."""
    cases = [(kind, one, part(work.danced, seed)) for kind in KINDS for seed, one in enumerate(work.holes[kind])]
    clips = [clip for _, _, some in cases for clip in some]
    holes = [one for _, one, some in cases for _ in some]
    figures: dict[str, dict[str, dict]] = {kind: {} for kind in KINDS}
    for name, method in baselines.METHODS.items():
        say(f"illegal motion: {name} ...")
        _judge(figures, name, cases, method(clips, holes))
    for name, method in ours.ILLEGAL.items():
        say(f"illegal motion: {name} ...")
        arguments = [(clip, one.domain(), FPS) for clip, one in zip(clips, holes, strict=True)]
        found, cpu, _ = ours.timed(method, arguments)
        _judge(figures, name, cases, [(track.angles, track.translation, track.rotation) for track in found])
        ms = milliseconds(cpu, sum(len(clip.angles) for clip in clips))["ms"]
        for kind in KINDS:
            figures[kind][name]["ms_over_both_kinds"] = ms
    keys = ("violations", "step_p99_ratio", "mpjpe_mm", "step_p99_ratio_worst_seed", "mpjpe_mm_worst_seed")
    best = list(ours.ILLEGAL)[-1]
    return {"illegal": {kind: {key: figures[kind][best][key] for key in keys} for kind in KINDS}, "trade_off": figures}


def _judge(
    figures: dict[str, dict[str, dict]], name: str, cases: list[tuple[str, Holes, list[Clip]]], tracks: list[Track]
) -> None:
    """Add a method's figures, over the seeds of each kind."""
    rows: dict[str, list[dict]] = {kind: [] for kind in KINDS}
    at = 0
    for kind, holes, clips in cases:
        rows[kind].append(corrected(clips, tracks[at : at + len(clips)], [holes] * len(clips)))
        at += len(clips)
    for kind in KINDS:
        figures[kind][name] = over_seeds(rows[kind])


def peers(work: Workload, names: list[str], python: Path, folder: Path, limit: float, repeats: int) -> dict:
    """Each peer's figures; one that breaks says so in its place."""
    hand_out(work, folder, repeats)
    with np.load(folder / "tasks.npz") as file:
        data = dict(file)
    figures = {}
    for name in names:
        say(f"{name} ...")
        try:
            facts, found = environment.run(python, name, folder, limit)
        except RitualError as error:
            say(error.message)
            figures[name] = {"broken": error.message}
            continue
        figures[name] = _peer(work, data, facts, found)
    return figures


def _peer(work: Workload, data: dict[str, np.ndarray], facts: dict, found: dict[str, np.ndarray]) -> dict:
    solved = ~data["motion.first"]
    true = data["motion.angles"][solved]

    def figures(task: str, tolerance: float) -> dict:
        spent = facts["tasks"][task]
        angles = found[f"{task}.angles"][solved]
        return {
            **milliseconds(spent["cpu_s"], spent["frames"]),
            "wall_ms": milliseconds(spent["wall_s"], spent["frames"])["ms"],
            "iterations": round(float(found[f"{task}.iterations"][solved].mean()), 3),
            **quality(angles, true, tolerance),
            "violations": int(breaks(angles, None).sum()),
        }

    cold, spent = data["cold.angles"], facts["tasks"]["cold"]
    legal = _projected(work, data, facts, found)
    out = {
        **figures("motion", TOLERANCE),
        "violations_of_taboos": sum(row["violations"] for row in legal.values()),
        "unreached_after_projection": sum(row["unreached_after_projection"] for row in legal.values()),
        "to_1mm": figures("motion 1 mm", FINE),
        "legal": legal,
        "illegal_clamped": _clamped(work, data, found["motion 1 mm.angles"]),
        "cold": {**milliseconds(spent["cpu_s"], len(cold)), **quality(found["cold.angles"], cold)},
        "forward_kinematics_error_m": facts["forward_kinematics_error_m"],
        "versions": facts["versions"],
        "batched": facts["batched"],
    }
    if "motion at once" in facts["tasks"]:
        out["at_once"] = figures("motion at once", TOLERANCE)
    return out


def _projected(work: Workload, data: dict[str, np.ndarray], facts: dict, found: dict[str, np.ndarray]) -> dict:
    """Legal motion solved by a peer that knows no holes, then clamped out of them: what it broke, what it misses."""
    groups: dict[str, dict] = {}
    for name, (holes, _) in work.legal.items():
        keep = ~data[f"{name}.first"]
        angles, true = found[f"{name}.angles"][keep], data[f"{name}.angles"][keep]
        row = groups.setdefault(
            " ".join(name.split()[:2]),
            {"frames": 0, "violations": 0, "unreached_before": 0, "unreached_after_projection": 0, "cpu_s": 0.0},
        )
        row["frames"] += len(angles)
        row["violations"] += int(breaks(angles, holes).sum())
        row["unreached_before"] += unreached(place(angles), place(true))
        row["unreached_after_projection"] += unreached(place(holes.clamp(angles)), place(true))
        row["cpu_s"] += facts["tasks"][name]["cpu_s"][0]
    for row in groups.values():
        row["ms"] = round(1000 * row.pop("cpu_s") / row["frames"], 4)
    return groups


def _clamped(work: Workload, data: dict[str, np.ndarray], angles: np.ndarray) -> dict:
    """Raw dance solved by a peer to 1 mm and clamped out of the holes, root fixed."""
    starts = [*np.flatnonzero(data["motion.first"]), len(angles)]
    parts = {id(clip): angles[a:b] for clip, a, b in zip(work.clips, starts[:-1], starts[1:], strict=True)}
    out = {}
    for kind, domains in work.holes.items():
        rows = []
        for seed, holes in enumerate(domains):
            clips = part(work.danced, seed)
            still = [Clip(c.name, c.caption, c.angles, np.zeros_like(c.translation), _unturned(c)) for c in clips]
            tracks = [(holes.clamp(parts[id(c)]), s.translation, s.rotation) for c, s in zip(clips, still, strict=True)]
            rows.append(corrected(still, tracks, [holes] * len(clips)))
        out[kind] = {key: value for key, value in over_seeds(rows).items() if key != "seeds"}
    return out


def _unturned(clip: Clip) -> np.ndarray:
    return np.tile([1.0, 0, 0, 0], (len(clip.angles), 1))


def ratios(figures: dict) -> dict:
    """How many times faster ours is than the fastest peer of this run.

    A clip a call against any, a frame a call against those that are called so, all at once against those that can.
    """
    out = {}
    ran = {name: row for name, row in figures["peers"].items() if "ms" in row}
    alone = {name: row for name, row in ran.items() if not row["batched"]}
    for some, mode in ((ran, "batch"), (alone, "single")):
        if some:
            name = min(some, key=lambda n: some[n]["ms"])
            out[f"fastest_peer_{mode}"] = name
            out[f"times_faster_{mode}"] = round(some[name]["ms"] / figures[f"ours_{mode}_ms"], 2)
    together = {name: row["at_once"]["ms"] for name, row in ran.items() if "at_once" in row}
    if together:
        out["times_faster_at_once"] = round(min(together.values()) / figures["ours"]["at_once"]["ms"], 2)
    return out
