"""What the panel's fields hold, kept in the scene: the brief, and what came of the last one."""

from __future__ import annotations

import json

import bpy

from . import backdrop, catalogue

MAX_SEED = 2**31 - 1


def _get(items: str, slug: str):
    """A menu's number for the slug that is stored: files stay right when the graph gets another dance."""

    def get(self: RitualSettings) -> int:
        slugs = [item[0] for item in getattr(self, items)()]
        return slugs.index(getattr(self, slug)) if getattr(self, slug) in slugs else 0

    return get


def _set(items: str, slug: str):
    def put(self: RitualSettings, number: int) -> None:
        setattr(self, slug, getattr(self, items)()[number][0])

    return put


def _numbered(items: str):
    def listed(self: RitualSettings, _context: bpy.types.Context) -> list[tuple]:
        return getattr(self, items)()

    return listed


class RitualVariant(bpy.types.PropertyGroup):
    """One variant of the last generation."""

    action: bpy.props.PointerProperty(type=bpy.types.Action)
    report: bpy.props.StringProperty(description="Its compliance report, as JSON")
    fps: bpy.props.FloatProperty()


class RitualSettings(bpy.types.PropertyGroup):
    """The brief and the result; `*_slug` are what is stored, the menus only show them."""

    group_slug: bpy.props.StringProperty(default=catalogue.ANY_GROUP)
    dance_slug: bpy.props.StringProperty()
    occasion_slug: bpy.props.StringProperty(default=catalogue.AUTO)

    group: bpy.props.EnumProperty(
        name="Group",
        description="Show the dances of this ethnic group",
        items=_numbered("group_items"),
        get=_get("group_items", "group_slug"),
        set=_set("group_items", "group_slug"),
    )
    dance: bpy.props.EnumProperty(
        name="Dance",
        description="The dance whose rules and stances are used",
        items=_numbered("dance_items"),
        get=_get("dance_items", "dance_slug"),
        set=_set("dance_items", "dance_slug"),
    )
    occasion: bpy.props.EnumProperty(
        name="Occasion",
        description="What is danced at; some patterns are forbidden at some occasions",
        items=_numbered("occasion_items"),
        get=_get("occasion_items", "occasion_slug"),
        set=_set("occasion_items", "occasion_slug"),
    )
    performer: bpy.props.EnumProperty(
        name="Performer", description="Who dances", items=catalogue.performer_items()
    )
    prompt: bpy.props.StringProperty(
        name="Prompt", description="The motion in a sentence, in English or Chinese", maxlen=2000
    )
    seconds: bpy.props.FloatProperty(
        name="Length", description="Seconds of motion", default=8.0, min=1.0, max=120.0, subtype="TIME_ABSOLUTE"
    )
    bpm: bpy.props.FloatProperty(
        name="BPM",
        description="Beats a minute, 30 to 240, for music of a known tempo; 0 = the dance's own. The first beat is on "
        "the first frame",
        default=0.0, min=0.0, max=240.0, precision=1, step=100,
    )  # fmt: skip
    show_manner: bpy.props.BoolProperty(name="Tempo and manner", description="Tempo, loop, style and energy")
    loop: bpy.props.BoolProperty(
        name="Loop",
        description="Let the motion begin anew where it ends. Its length becomes the whole number of rounds of the "
        "dance nearest to the length asked for",
    )
    style: bpy.props.FloatProperty(
        name="Style",
        description="How strongly the dance's stances and the sentence speak: 0 = plain upright, 1 = as the dance is "
        "known, above = exaggerated. Every rule is kept at any value",
        default=1.0, min=0.0, max=1.5, step=5,
    )  # fmt: skip
    energy: bpy.props.FloatProperty(
        name="Energy",
        description="How large and lively it is danced: size of the movements, height of jumps, sharpness of arrival",
        default=1.0, min=0.5, max=1.5, step=5,
    )  # fmt: skip
    from_pose: bpy.props.BoolProperty(
        name="Start from the current pose",
        description="Let the motion begin in the joint angles that the selected performer shows at the current frame. "
        "A pose that the rules forbid is moved to the nearest allowed one",
    )
    variants: bpy.props.IntProperty(
        name="Variants", description="How many different clips, each an action of its own", default=3, min=1, max=16
    )
    seed: bpy.props.IntProperty(
        name="Seed", description="The same seed and inputs give the same motion", min=0, max=MAX_SEED
    )

    picture: bpy.props.PointerProperty(
        name="Picture", description="An image that may show a symbol", type=bpy.types.Image
    )
    symbols: bpy.props.StringProperty(
        description="Symbols that the costume shows beside the graph's own: a JSON object, slug to name, newest first"
    )

    source_picture: bpy.props.PointerProperty(
        name="Picture", description="An image to translate, enlarge or restore", type=bpy.types.Image
    )
    picture_place: bpy.props.EnumProperty(
        name="Result",
        description="What becomes of the picture that comes back",
        items=(
            (backdrop.PLANE, "Image plane", "A plane that stands at the 3D cursor"),
            (backdrop.WORLD, "World background", "It fills the camera's view behind everything"),
            (backdrop.ASSET, "Asset", "A plane marked as an asset, for the asset browser"),
        ),
    )
    picture_judged: bpy.props.BoolProperty(
        name="Judge by the dance's rules",
        description="Colours and symbols of the result are held against the rules of the dance that is chosen above; "
        "a picture that a rule forbids does not come into the scene",
        default=True,
    )
    cut_out: bpy.props.BoolProperty(
        name="Cut out the paper", description="A paper-cut without a ground: what is behind it shows through its holes"
    )
    backdrop_seed: bpy.props.IntProperty(
        name="Seed", description="The same seed gives the same backdrop", min=0, max=MAX_SEED - 16
    )

    performer_object: bpy.props.PointerProperty(type=bpy.types.Object)
    results: bpy.props.CollectionProperty(type=RitualVariant)
    notes: bpy.props.StringProperty(description="What there is to say of all results, as a JSON list of sentences")
    shown: bpy.props.IntProperty(description="Which of the results the performer plays")

    def group_items(self) -> list[catalogue.Item]:
        """The menu of groups."""
        return catalogue.group_items()

    def dance_items(self) -> list[catalogue.Item]:
        """The menu of the group's dances."""
        return catalogue.dance_items(self.group_slug)

    def occasion_items(self) -> list[catalogue.Item]:
        """The menu of occasions."""
        return catalogue.occasion_items(self.dance)


def brief(scene: bpy.types.Scene) -> dict:
    """The scene's fields as a BriefRequest; the motion is asked for at the scene's own frame rate."""
    settings = scene.ritual
    shown = {"patterns": list(json.loads(settings.symbols))} if settings.symbols else {}
    return shown | {
        "prompt": settings.prompt,
        "dance": settings.dance,
        "performer": None if settings.performer == catalogue.AUTO else settings.performer,
        "occasion": None if settings.occasion == catalogue.AUTO else settings.occasion,
        "seconds": round(settings.seconds, 3),
        "fps": frame_rate(scene),
        "variants": settings.variants,
        "seed": settings.seed,
        "bpm": round(settings.bpm, 3) or None,
        "loop": settings.loop,
        "style": round(settings.style, 3),
        "energy": round(settings.energy, 3),
        "resume": False,  # if the backend dies, the panel has said so: nobody waits for the result
    }


def frame_rate(scene: bpy.types.Scene) -> float:
    """Frames per second of a scene, 29.97 and its like included."""
    return round(scene.render.fps / scene.render.fps_base, 4)


def register() -> None:
    """Give every scene its fields."""
    bpy.types.Scene.ritual = bpy.props.PointerProperty(type=RitualSettings)


def unregister() -> None:
    """Take them away again."""
    del bpy.types.Scene.ritual
