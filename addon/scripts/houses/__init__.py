"""Scenes of village houses with performers before them: architecture, yard, light, camera, passes of a picture."""
