"""Folk activities as a camera and a microphone have them, drawn from our own dances: the truth of all is known."""
