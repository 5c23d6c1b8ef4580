"""Our body as the files that other libraries read: URDF and MJCF, from `ritual.body.skeleton`.

The root is fixed at the origin. URDF knows one angle per joint, so a joint of ours with three angles becomes three
links of which the last has the joint's name; MJCF takes several hinges in one body, the first listed outermost, as
ours.
"""

from __future__ import annotations

from xml.etree import ElementTree as xml

from ritual.body.skeleton import SKELETON, Skeleton

MASS = 1.0  # [kg] of each link; engines that do dynamics ask for one, kinematics does not use it


def urdf(skeleton: Skeleton = SKELETON) -> str:
    """A URDF whose link `NAME` sits at joint NAME and whose revolute joints have the names of our angles."""
    robot = xml.Element("robot", name="ritual_body")
    _link(robot, skeleton.joint_names[0])
    for j, joint in enumerate(skeleton.joints):
        if j == 0:
            continue
        parent, place = skeleton.joint_names[joint.parent], joint.offset
        angles = skeleton.joint_angles[j]
        for n, i in enumerate(angles):
            child = joint.name if n == len(angles) - 1 else f"{joint.name}_{n}"
            _link(robot, child)
            angle, (low, high) = skeleton.angles[i], skeleton.limits[i]
            hinge = _joint(robot, angle.name, "revolute", parent, child, place)
            xml.SubElement(hinge, "axis", xyz=_words(angle.axis))
            xml.SubElement(hinge, "limit", lower=repr(low), upper=repr(high), effort="1000", velocity="1000")
            parent, place = child, (0.0, 0.0, 0.0)
        if not angles:
            _link(robot, joint.name)
            _joint(robot, f"{joint.name}_fixed", "fixed", parent, joint.name, place)
    return xml.tostring(robot, encoding="unicode")


def mjcf(skeleton: Skeleton = SKELETON) -> str:
    """An MJCF model whose body `NAME` sits at joint NAME and whose hinges have the names of our angles."""
    model = xml.Element("mujoco", model="ritual_body")
    xml.SubElement(model, "compiler", angle="radian", autolimits="true")
    bodies = {-1: xml.SubElement(model, "worldbody")}
    for j, joint in enumerate(skeleton.joints):
        place = (0.0, 0.0, 0.0) if j == 0 else joint.offset
        bodies[j] = xml.SubElement(bodies[joint.parent], "body", name=joint.name, pos=_words(place))
        for i in skeleton.joint_angles[j]:
            angle = skeleton.angles[i]
            limits = _words(skeleton.limits[i])
            xml.SubElement(bodies[j], "joint", name=angle.name, type="hinge", axis=_words(angle.axis), range=limits)
        xml.SubElement(bodies[j], "inertial", pos="0 0 0", mass=repr(MASS), diaginertia="0.01 0.01 0.01")
    return xml.tostring(model, encoding="unicode")


def _words(numbers: tuple[float, ...]) -> str:
    return " ".join(repr(float(n)) for n in numbers)


def _link(robot: xml.Element, name: str) -> None:
    inertial = xml.SubElement(xml.SubElement(robot, "link", name=name), "inertial")
    xml.SubElement(inertial, "mass", value=repr(MASS))
    xml.SubElement(inertial, "inertia", ixx="0.01", ixy="0", ixz="0", iyy="0.01", iyz="0", izz="0.01")


def _joint(robot: xml.Element, name: str, kind: str, parent: str, child: str, place: tuple[float, ...]) -> xml.Element:
    joint = xml.SubElement(robot, "joint", name=name, type=kind)
    xml.SubElement(joint, "parent", link=parent)
    xml.SubElement(joint, "child", link=child)
    xml.SubElement(joint, "origin", xyz=_words(place), rpy="0 0 0")
    return joint
