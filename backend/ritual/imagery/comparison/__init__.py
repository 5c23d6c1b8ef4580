"""Models of one task trained alike and measured alike: the tables of the papers (spec §7)."""
