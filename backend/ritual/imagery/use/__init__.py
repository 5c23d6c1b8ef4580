"""Trained models at work on people's pictures: translate, enlarge, restore, make; in tiles, and judged by the rules."""
