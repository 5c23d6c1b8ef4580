"""What the models pay: losses, and what losses look at."""
