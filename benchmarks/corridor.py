"""How long the main job takes: `python -m benchmarks.corridor [--json out.json]`.

Loads the models, generates 8 s x 3 variants of every dance twice, and measures the IK alone, the reference
`jt` beside `lm`, on the same targets in the same run. One CPU thread for the IK figure.
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import time
from datetime import date
from pathlib import Path

import torch

from ritual.body import ik
from ritual.body.angle_domain import AngleDomain
from ritual.brief import Brief
from ritual.files import write_text
from ritual.generate import Engine, generate
from ritual.motion.proposal import Request


def measure() -> dict:
    torch.set_num_threads(1)
    begun = time.perf_counter()
    engine = Engine.load()
    loaded = time.perf_counter() - begun
    seconds, stages, interceptions = {}, {}, {}
    for dance in engine.graph.dances():
        brief = Brief("dance with joy", dance.slug, seconds=8, variants=3)
        generate(brief, engine)
        start = time.perf_counter()
        result = generate(brief, engine)
        seconds[dance.slug] = round(time.perf_counter() - start, 3)
        stages[dance.slug] = result.seconds_per_stage
        interceptions[dance.slug] = sum(len(v.report.interceptions) for v in result.variants)
    return {
        "load_seconds": round(loaded, 2),
        "seconds_8s_3_variants": seconds,
        "seconds_8s_3_variants_median": statistics.median(seconds.values()),
        "seconds_per_stage": stages,
        "interceptions": interceptions,
        "ik": measure_ik(engine),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "machine": f"{platform.machine()}, {platform.processor() or 'CPU'}, 1 torch thread",
        "date": date.today().isoformat(),
    }


def measure_ik(engine: Engine) -> dict:
    """ms per frame and iterations of both methods on the model's own targets (600 frames)."""
    rulebook = engine.graph.rulebook("dai-peacock")
    embedding = engine.encoder.encode("dance", engine.graph.labels())
    proposal = engine.generator.propose(Request.of_rulebook(rulebook, embedding, 200, 25.0, variants=3, seed=0))
    arrays = (proposal.targets, proposal.angles, proposal.tilt)
    targets, angles, tilt = (torch.as_tensor(a, dtype=torch.float64) for a in arrays)
    start = torch.cat((angles[:, :1], angles[:, :-1]), 1)  # the previous frame's pose
    out = {}
    for method in ik.METHODS:
        begun = time.perf_counter()
        solution = ik.solve(targets, start, targets[..., 0, :], tilt, AngleDomain.physiological(), method=method)
        spent = time.perf_counter() - begun
        out[method] = {
            "ms_per_frame": round(1000 * spent / targets[..., 0, 0].numel(), 3),
            "iterations": round(float(solution.iterations.double().mean()), 2),
            "reached_3cm": round(float((solution.error < 0.03).double().mean()), 4),
        }
    return out


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", type=Path, help="write the figures to this file")
    args = parser.parse_args()
    figures = measure()
    for slug, spent in figures["seconds_8s_3_variants"].items():
        print(f"{slug:24s} 8 s x 3 variants  {spent:6.2f} s   {figures['interceptions'][slug]} interceptions")
    for method, row in figures["ik"].items():
        reached = f"{row['reached_3cm']:.1%} within 3 cm"
        print(f"IK {method}: {row['ms_per_frame']} ms a frame, {row['iterations']} iterations, {reached}")
    print(f"load {figures['load_seconds']} s, peak memory {figures['peak_memory_mib']} MiB")
    if args.json:
        write_text(args.json, json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
