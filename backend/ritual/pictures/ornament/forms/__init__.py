"""The forms that ornament takes, by the slug that the graph gives them (rm:Form).

A form is a function that draws one motif with a `Sketch`. A new one is a function here and a form in the graph.
"""

from collections.abc import Callable

from ritual.pictures.ornament.forms import angular, beasts, creatures, plants, radial, spirals, things
from ritual.pictures.ornament.sketch import Sketch

FORMS: dict[str, Callable[[Sketch], None]] = {
    "antler": spirals.antler,
    "ball": radial.ball,
    "bat": creatures.bat,
    "beast": beasts.beast,
    "bird": creatures.bird,
    "bird-head": creatures.bird_head,
    "bone": beasts.bone,
    "butterfly": creatures.butterfly,
    "character": angular.character,
    "cloud": spirals.cloud,
    "cloud-thunder": angular.cloud_thunder,
    "coin": radial.coin,
    "concentric-frog": beasts.concentric_frog,
    "conch": spirals.conch,
    "dragon": beasts.dragon,
    "drum-rings": radial.drum_rings,
    "fan": radial.fan,
    "figure": beasts.figure,
    "fish": beasts.fish,
    "flame": spirals.flame,
    "frog": beasts.frog,
    "hooked-lozenge": angular.hooked_lozenge,
    "horn": spirals.horn,
    "knot": angular.knot,
    "leaf": plants.leaf,
    "lozenge": angular.lozenge,
    "meander": angular.meander,
    "peacock-eye": radial.peacock_eye,
    "rosette": radial.rosette,
    "scales": spirals.scales,
    "sheaf": plants.sheaf,
    "spiral": spirals.whorl,
    "sun": radial.sun,
    "terrace": angular.terrace,
    "thunder": angular.thunder,
    "tiered-roof": things.tiered_roof,
    "tree": plants.tree,
    "vajra": things.vajra,
    "vine-scroll": plants.vine_scroll,
    "wave": spirals.wave,
}
