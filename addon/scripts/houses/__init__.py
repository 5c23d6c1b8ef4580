"""Scenes of village houses with performers before them: architecture, yard, light, camera and the passes of a picture."""
