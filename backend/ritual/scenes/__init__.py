"""Pictures made by us: village houses drawn by Blender, and what a paper-cutter or a painter would make of them."""
