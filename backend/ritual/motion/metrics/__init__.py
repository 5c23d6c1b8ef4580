"""What is measured on motion: pure functions on plain arrays, one definition a file, each with its source.

Two kinds of tracks go in, both (T, 24, 3) joint positions [m], Z up: of the heading frame (`motion/heading.py`: pelvis
over the origin, yaw taken off) where poses are compared, of the world where the floor and the path count.
"""
