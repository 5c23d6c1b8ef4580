"""From a clip to a film: a real Blender renders the frames, ffmpeg joins them; or stick figures, drawn in seconds."""

from ritual.film.render import RenderResult, render

__all__ = ["RenderResult", "render"]
