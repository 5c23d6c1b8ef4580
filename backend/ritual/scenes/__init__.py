"""Pictures and recordings of our own scenes, written as folders that the models learn from (spec §7)."""
