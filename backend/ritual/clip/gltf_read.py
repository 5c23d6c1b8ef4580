"""Any glTF file with a node animation, as a motion of named joints.

Samples every node at a steady rate (LINEAR, STEP, CUBICSPLINE), multiplies the tree out, and keeps the joints of the
skins (all nodes, where there is no skin). The rest pose is the skin's bind pose, else the nodes' own.

Source: glTF 2.0 specification (Khronos), §3.11 (animations), appendix C (interpolation).
"""

from __future__ import annotations

import numpy as np

from ritual.body.hierarchy import HierarchyMotion
from ritual.body.rotations import quaternion_matrix, slerp
from ritual.clip.glb import Document
from ritual.errors import BadMotion

_DEFAULTS = {"translation": (0.0, 0.0, 0.0), "rotation": (0.0, 0.0, 0.0, 1.0), "scale": (1.0, 1.0, 1.0)}
_USUAL = (15, 20, 24, 25, 30, 48, 50, 60, 90, 100, 120)
MOST_FRAMES = 1_000_000
RIGID = 0.005  # of the skeleton's size: a loose joint that moves less in another hangs on it


def motion(document: Document, name: str, fps: float | None = None) -> HierarchyMotion:
    """The first animation that moves a joint.

    Args:
        document: the file.
        name: what to call the motion.
        fps: sampling rate; None = the rate of the keys.

    Raises:
        BadMotion: nothing is animated, or the tree or a track is damaged.
    """
    try:
        parents = _parents(document)
        tracks = _tracks(document)
        times, fps = _frames(tracks, fps, document.where)
        world = _world(document, parents, tracks, times)
        return _hierarchy(document, parents, world, fps, name)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, np.linalg.LinAlgError):
        raise BadMotion(f"{document.where}: its nodes, skin or animation are damaged.") from None


def _parents(document: Document) -> list[int]:
    nodes = document.json.get("nodes", [])
    parents = [-1] * len(nodes)
    for i, node in enumerate(nodes):
        for child in node.get("children", []):
            if child < 0 or parents[child] >= 0:
                raise BadMotion(f"{document.where}: node {child} has two parents.")
            parents[child] = i
    return parents


def _tracks(document: Document) -> dict[tuple[int, str], tuple[np.ndarray, np.ndarray, str]]:
    """(node, path) -> key times, values (K, n) or (K, 3, n) for splines, interpolation."""
    for animation in document.json.get("animations", []):
        out = {}
        for channel in animation["channels"]:
            node, path = channel["target"].get("node"), channel["target"]["path"]
            if node is None or path not in _DEFAULTS:
                continue
            sampler = animation["samplers"][channel["sampler"]]
            how = sampler.get("interpolation", "LINEAR")
            times, values = document.array(sampler["input"])[:, 0], document.array(sampler["output"])
            if how == "CUBICSPLINE":
                values = values.reshape(len(times), 3, -1)
            if len(times) == 0 or len(times) != len(values) or (np.diff(times) < 0).any():
                raise BadMotion(f"{document.where}: the keys of node {node}'s {path} are damaged.")
            out[node, path] = times, values, how
        if any(path == "rotation" for _, path in out):
            return out
    raise BadMotion(f"{document.where} holds no animation of joint rotations.")


def _frames(tracks: dict, fps: float | None, where: str) -> tuple[np.ndarray, float]:
    first = min(times[0] for times, _, _ in tracks.values())
    last = max(times[-1] for times, _, _ in tracks.values())
    densest = max((times for times, _, _ in tracks.values()), key=len)
    if fps is None:
        steps = np.diff(densest)
        fps = 1 / float(np.median(steps[steps > 0])) if (steps > 0).any() else 30.0
        usual = min(_USUAL, key=lambda rate: abs(rate - fps))
        fps = float(usual) if abs(usual - fps) < 0.01 * usual else fps
    count = int(np.floor((last - first) * fps + 1e-3)) + 1
    if count > MOST_FRAMES:
        raise BadMotion(f"{where} would make {count} frames at {fps:g} per second; that is no clip.")
    return first + np.arange(count) / fps, fps


def sample(times: np.ndarray, keys: np.ndarray, values: np.ndarray, how: str, rotation: bool) -> np.ndarray:
    """(T, n) values of a sampler at (T,) times, held before the first key and after the last."""
    at = np.clip(np.searchsorted(keys, times, side="right") - 1, 0, len(keys) - 1)
    after = np.minimum(at + 1, len(keys) - 1)
    span = keys[after] - keys[at]
    share = np.clip(np.where(span > 0, (times - keys[at]) / np.where(span > 0, span, 1), 0), 0, 1)
    share = np.where(np.abs(share - share.round()) < 1e-4, share.round(), share)  # key times are only float32
    if how == "STEP":
        return values[at]
    if how == "CUBICSPLINE":
        s, d = share[:, None], span[:, None]
        out = (
            (2 * s**3 - 3 * s**2 + 1) * values[at, 1] + d * (s**3 - 2 * s**2 + s) * values[at, 2]
            + (3 * s**2 - 2 * s**3) * values[after, 1] + d * (s**3 - s**2) * values[after, 0]
        )  # fmt: skip
        return out
    if rotation:
        return slerp(_unit(values[at]), _unit(values[after]), share)
    return values[at] + share[:, None] * (values[after] - values[at])


def _unit(q: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(q, axis=-1, keepdims=True)
    if (length < 1e-6).any():
        raise ValueError("a rotation of length 0")
    return q / length


def _world(document: Document, parents: list[int], tracks: dict, times: np.ndarray) -> np.ndarray:
    """(N, T, 4, 4) world matrix of every node."""
    out: list[np.ndarray | None] = [None] * len(parents)
    for i in _parents_first(parents, document.where):
        local = _local(document.json["nodes"][i], i, tracks, times)
        out[i] = local if parents[i] < 0 else out[parents[i]] @ local
    return np.stack([np.broadcast_to(m, (len(times), 4, 4)) for m in out])


def _parents_first(parents: list[int], where: str) -> list[int]:
    order: list[int] = [i for i, p in enumerate(parents) if p < 0]
    for i in order:
        order += [c for c, p in enumerate(parents) if p == i]
    if len(order) != len(parents):
        raise BadMotion(f"{where}: the nodes form a ring.")
    return order


def _local(node: dict, index: int, tracks: dict, times: np.ndarray) -> np.ndarray:
    """(T, 4, 4), or (1, 4, 4) for a node that never moves."""
    moves = any((index, path) in tracks for path in _DEFAULTS)
    if "matrix" in node and not moves:
        return np.array(node["matrix"], float).reshape(1, 4, 4).transpose(0, 2, 1)
    parts = {}
    for path, default in _DEFAULTS.items():
        parts[path] = np.array([node.get(path, default)], float)
        if (index, path) in tracks:
            parts[path] = sample(times, *tracks[index, path], path == "rotation")
    out = np.zeros((len(times) if moves else 1, 4, 4))
    turn = quaternion_matrix(_unit(np.roll(parts["rotation"], 1, axis=-1)))
    out[:, :3, :3] = turn * parts["scale"][:, None, :]
    out[:, :3, 3] = parts["translation"]
    out[:, 3, 3] = 1
    return out


def _hierarchy(
    document: Document, parents: list[int], world: np.ndarray, fps: float, name: str
) -> HierarchyMotion:
    rest, kept = _rest(document, parents)
    order = [i for i in _parents_first(parents, document.where) if i in kept]
    above = {i: _nearest_above(i, parents, kept) for i in order}
    root, above = one_tree(order, above, world)
    order = [i for i in _parents_first([above.get(i, -1) for i in range(len(parents))], document.where) if i in kept]
    order = [i for i in order if i == root or _has_above(i, root, above)]
    place = {i: n for n, i in enumerate(order)}
    turned = _turns(world[order]) @ _turns(rest[order])[:, None].swapaxes(-1, -2)
    local, offsets = turned.copy(), np.zeros((len(order), 3))
    for n, i in enumerate(order):
        if (p := above[i]) >= 0 and i != root:
            local[n] = turned[place[p]].swapaxes(-1, -2) @ turned[n]
            bone = rest[i, :3, 3] - rest[p, :3, 3]
            length = np.linalg.norm(world[i, 0, :3, 3] - world[p, 0, :3, 3])
            offsets[n] = bone * length / max(np.linalg.norm(bone), 1e-12)
    names = tuple(str(document.json["nodes"][i].get("name", f"node{i}")) for i in order)
    ups = tuple(place[above[i]] if i != root else -1 for i in order)
    return HierarchyMotion(names, ups, offsets, local.swapaxes(0, 1), world[root, :, :3, 3], fps, name)


def one_tree(order: list[int], above: dict[int, int], world: np.ndarray) -> tuple[int, dict[int, int]]:
    """The root of the body, and the node above each, with loose trees hung on the joint to which they keep their place.

    A rig exported without the bones that only control it falls apart: its thighs, say, have no parent, yet they
    never move in the pelvis. What keeps its place in nothing (a prop, another dancer) stays loose. The root is the
    one on which most of the joints come to hang.

    Args:
        order: joints, parents first; above: the joint above each, -1 for none.
        world: (N, T, 4, 4) of all nodes.
    """
    trees = {r: [i for i in order if i == r or _has_above(i, r, above)] for r in order if above[r] < 0}
    if len(trees) == 1:
        return next(iter(trees)), above
    hosts = {r: _hosts(r, order, world) for r in trees}
    hung = {r: _hang(r, trees, hosts) for r in trees}
    root = max(trees, key=lambda r: (sum(len(trees[t]) for t in hung[r]), len(trees[r])))
    return root, {**above, **hung[root], root: -1}


def _hosts(node: int, joints: list[int], world: np.ndarray) -> list[int]:
    """The joints in whose frames the node keeps its place, the nearest first."""
    some = world[:, np.unique(np.linspace(0, world.shape[1] - 1, 100).astype(int))]
    turns, places = _turns(some[joints]), some[joints][..., :3, 3]
    seen = (turns.swapaxes(-1, -2) @ (some[node, :, :3, 3] - places)[..., None])[..., 0]
    drift = np.linalg.norm(seen - seen.mean(1, keepdims=True), axis=-1).max(1)
    loose = RIGID * float(np.ptp(places[:, 0], axis=0).max())
    return [joints[n] for n in np.argsort(np.linalg.norm(seen[:, 0], axis=-1)) if drift[n] <= loose]


def _hang(root: int, trees: dict[int, list[int]], hosts: dict[int, list[int]]) -> dict[int, int]:
    """Tree -> the joint that it hangs on, for all that come to hang on a root's tree; -1 for the root."""
    hung, body, grown = {root: -1}, set(trees[root]), True
    while grown:
        grown = False
        for r in trees:
            host = None if r in hung else next((j for j in hosts[r] if j in body), None)
            if host is not None:
                hung[r], grown = host, True
                body |= set(trees[r])
    return hung


def _rest(document: Document, parents: list[int]) -> tuple[np.ndarray, set[int]]:
    """(N, 4, 4) rest matrices of the nodes and the set of nodes that are joints."""
    still = _world(document, parents, {}, np.zeros(1))[:, 0]
    kept: set[int] = set()
    for skin in document.json.get("skins", []):
        joints = skin["joints"]
        if "inverseBindMatrices" in skin and not kept & set(joints):
            inverse = document.array(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
            still[joints] = np.linalg.inv(inverse)
        kept |= set(joints)
    return still, kept or set(range(len(parents)))


def _turns(matrices: np.ndarray) -> np.ndarray:
    """(..., 3, 3) rotations of (..., 4, 4) matrices, scale taken out."""
    linear = matrices[..., :3, :3]
    return linear / np.maximum(np.linalg.norm(linear, axis=-2, keepdims=True), 1e-12)


def _nearest_above(node: int, parents: list[int], kept: set[int]) -> int:
    while (node := parents[node]) >= 0:
        if node in kept:
            return node
    return -1


def _has_above(node: int, top: int, above: dict[int, int]) -> bool:
    while (node := above[node]) >= 0:
        if node == top:
            return True
    return False
