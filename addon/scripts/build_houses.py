"""Builds and renders village houses with performers, many in one process, as a plan says.

blender -b --python-exit-code 1 -P build_houses.py -- --plan plan.json
python build_houses.py -- --plan plan.json                                      (a Python that has bpy)

The plan: `size` [px], `samples`, `threads`, `clips` (files of the performers), and `scenes`, each with `name`, `out`
(a folder), `seed`, `style`, `light`, `palette` (linear colours by stuff), `made_of` (stuff by stuff), `lattices`
(pictures by `window` and `door`), `performers` (numbers of clips), and, where several pictures of one house are wanted,
`views` (place, aim, lens).
Written for each picture: NAME.exr with its passes, and NAME.json with camera and structure.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from random import Random

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
sys.path.insert(0, str(Path(__file__).resolve().parent))  # a program, unlike Python, does not look beside its script
from houses import house, passes, people, view, yard
from houses.shapes import Surfaces
from houses.stuffs import Stuffs

_KEY = "Village"


def main(arguments: list[str]) -> None:
    options = _parse(arguments)
    plan = json.loads(options.plan.read_text(encoding="utf-8"))
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    scene = bpy.context.scene
    passes.configure(scene, plan["size"], plan["samples"], plan["threads"])
    performers = people.company([Path(path) for path in plan["clips"]])
    begun = time.perf_counter()
    for number, entry in enumerate(plan["scenes"], 1):
        for name in draw(entry, performers):
            print(f"drawn {name}", flush=True)
        print(f"progress {number}/{len(plan['scenes'])}", flush=True)
    print(f"rendered in {time.perf_counter() - begun:.1f} s", flush=True)


def draw(entry: dict, performers: list[people.Performer]) -> list[str]:
    """Build one scene, render its view or views, and clear it away; returns the names of the pictures."""
    rng = Random(entry["seed"])
    _clear()
    village = bpy.data.collections.new(_KEY)
    bpy.context.scene.collection.children.link(village)
    surfaces = Surfaces()
    marks = house.build(entry["style"], surfaces, rng)
    yard.lay(surfaces, rng, entry["style"], 3)
    stuffs = Stuffs(entry["palette"], entry["made_of"], entry["lattices"], view.LIGHTS[entry["light"]][-1], rng)
    surfaces.build(stuffs.__getitem__, village)
    view.set_light(entry["light"], rng, village)
    camera = view.set_camera(rng, entry["style"], village)
    people.call(performers, entry["performers"], rng, camera["place"])
    views = entry.get("views")
    if not views:
        _picture(entry, entry["name"], camera, marks)
        return [entry["name"]]
    names = []
    for k, (place, aim, lens) in enumerate(views):
        names.append(f"{entry['name']}-{k:03d}")
        _picture(entry, names[-1], view.place_camera(place, aim, lens, village), marks)
    return names


def _picture(entry: dict, name: str, camera: dict, marks) -> None:
    folder = Path(entry["out"])
    passes.render(bpy.context.scene, folder / f"{name}.exr")
    facts = {"camera": camera, **view.structure(marks)}
    (folder / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")


def _clear() -> None:
    """Remove the scene before: its objects, and the meshes, materials and lamps that only they used."""
    former = bpy.data.collections.get(_KEY)
    if former is None:
        return
    used = [obj.data for obj in former.objects]
    materials = {material for data in used for material in getattr(data, "materials", ()) if material}
    bpy.data.batch_remove([*former.objects, former])
    bpy.data.batch_remove([data for data in used if not data.users])
    bpy.data.batch_remove([material for material in materials if not material.users])


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="build_houses.py", description=__doc__)
    parser.add_argument("--plan", type=Path, required=True)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    try:
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (ValueError, OSError, RuntimeError, KeyError) as error:
        print(f"error: {error}", file=sys.stderr, flush=True)
        sys.exit(1)
