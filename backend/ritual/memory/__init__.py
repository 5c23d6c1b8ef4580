"""The dual-channel memory: how a pattern looks and what it means, kept apart (spec §3)."""
