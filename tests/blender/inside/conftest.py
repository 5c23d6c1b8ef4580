"""What the tests inside Blender share; the add-on is imported where it is used, for one test installs it first."""

import math

import pytest


@pytest.fixture(scope="module")
def addon():
    """The add-on, registered, with the backend started once for all tests of a file."""
    import bpy
    import ritual_motion

    ritual_motion.register()
    assert bpy.ops.ritual.connect() == {"FINISHED"}
    yield
    ritual_motion.unregister()


@pytest.fixture
def launch():
    """How the preferences reach a backend."""
    import bpy
    from ritual_motion import preferences

    return preferences.launch(bpy.context)


@pytest.fixture
def channel_of():
    """(armature, angle) -> where and with which sign the rig keeps an angle, and the angle's number."""
    from ritual_motion import rig

    def find(armature, angle):
        skeleton = rig.skeleton_of(armature)
        number = [one["name"] for one in skeleton["angles"]].index(angle)
        return rig.angle_channels(armature, skeleton)[number], number

    return find


@pytest.fixture
def bend(channel_of):
    """(armature, angle, points, degrees): sets key frames of an angle by hand, as an animator does."""
    from ritual_motion import compat

    def by_hand(armature, angle, points, degrees):
        channel, _number = channel_of(armature, angle)
        path = f'pose.bones["{channel.bone}"].rotation_euler'
        curve = next(
            curve for curve in compat.channels(armature.animation_data.action)
            if (curve.data_path, curve.array_index) == (path, channel.index)
        )  # fmt: skip
        for point in curve.keyframe_points[points]:
            point.co.y = channel.sign * math.radians(degrees)
        curve.update()

    return by_hand
