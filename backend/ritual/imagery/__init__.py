"""Models of pictures and clips: made, translated, enlarged, trained and measured alike (spec §7)."""
