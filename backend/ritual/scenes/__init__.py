"""Pictures and clips of our own scenes, written as folders that the picture models learn from."""
