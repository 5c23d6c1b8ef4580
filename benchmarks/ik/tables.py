"""The figures as tables for people."""

from __future__ import annotations


def show(figures: dict) -> None:
    _speed(figures)
    _legal(figures)
    _illegal(figures)
    cold = figures["cold"]
    print(
        f"\nCold starts from neutral: {figures['cold_failures']} of {cold['targets']} missed, {cold['ms']:.3f} ms each"
        f"\n{figures['run_seconds']} s, {figures['machine']['cpu']}"
    )


def _speed(figures: dict) -> None:
    settings = figures["ours"]
    rows = {
        "ours, a clip a call": settings["batch"],
        "ours, a frame a call": settings["single"],
        "ours, free root, a clip a call": settings["batch_free_root"],
        "ours, free root, a frame a call": settings["single_free_root"],
        "ours, all at once": settings["at_once"],
        "Jacobian transpose (ours)": settings["jt"],
        "ours to 1 mm": settings["batch_1mm"],
        "ours to 1 mm, all at once": settings["at_once_1mm"],
    }
    for name, row in figures["peers"].items():
        rows[name] = row
        if "at_once" in row:
            rows[f"{name}, all at once"] = row["at_once"]
        if "to_1mm" in row:
            rows[f"{name} to 1 mm"] = row["to_1mm"]
    print(f"\n{'every joint within 3 cm, limits on':36}{'ms/frame':>10}{'iterations':>12}{'all angles':>11}"
          f"{'failures':>10}{'violations':>12}")  # fmt: skip
    for name, row in rows.items():
        if "broken" in row:
            print(f"{name:36}{row['broken']}")
            continue
        print(
            f"{name:36}{row['ms']:>10.4f}{row['iterations']:>12.2f}{row['angle_error_deg_all_36']:>7.2f} deg"
            f"{row['failures']:>10}{row['violations']:>12}"
        )
    for mode, words in (("batch", "a clip a call"), ("single", "a frame a call")):
        if f"times_faster_{mode}" in figures:
            ratio, peer = figures[f"times_faster_{mode}"], figures[f"fastest_peer_{mode}"]
            print(f"ours, {words}, is {ratio:g} times as fast as {peer}, the fastest peer")


def _legal(figures: dict) -> None:
    print(f"\n{'legal motion, taboos with holes':36}{'frames':>10}{'violations':>12}{'unreached':>11}{'ms/frame':>10}")
    for kind, row in figures["legal"].items():
        print(f"{'ours, ' + kind:36}{row['frames']:>10}{row['violations']:>12}{row['unreached']:>11}{row['ms']:>10.4f}")
    between = figures["violations_between_frames_pose_by_pose"]
    track = figures["violations_corrected"]
    print(f"(ours pose by pose; the way to the next pose is not legal {between} times, as a corrected track {track})")
    for name, peer in figures["peers"].items():
        for kind, row in peer.get("legal", {}).items():
            missed = row["unreached_after_projection"]
            print(f"{name + ', ' + kind:36}{row['frames']:>10}{row['violations']:>12}{missed:>11}{row['ms']:>10.4f}")
    print("(a peer's violations before projection, its unreached frames after)")
    print(
        f"false alarms: {figures['false_alarm_frames']} frames changed by over 3 cm, "
        f"{figures['false_alarm_frames_1mm']} by over 1 mm"
    )


def _illegal(figures: dict) -> None:
    print(f"\n{'illegal motion, taboos with holes':36}{'violations':>12}{'step p99':>10}{'error':>10}{'worst p95':>12}")
    for kind, methods in figures["trade_off"].items():
        for name, row in methods.items():
            print(
                f"{kind + ', ' + name:36}{row['violations']:>12}{row['step_p99_ratio']:>9.2f}x"
                f"{row['mpjpe_mm']:>7.1f} mm{row['worst_joint_mm_p95']:>9.0f} mm"
            )
