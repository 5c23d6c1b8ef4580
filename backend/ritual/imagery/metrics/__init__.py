"""Measures of pictures, a definition a file. Pictures are (N, 3, H, W) sRGB floats in -1..1 everywhere."""
