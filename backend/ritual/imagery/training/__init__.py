"""Training of any model of pictures: turns, averages, a state on disk, and something to look at."""
