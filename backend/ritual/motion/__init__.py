"""Motion: text, stances and a mixture density network propose clips (spec §4)."""
