"""Is the motion true? Held-out motion capture beside generated clips, by the measures of `motion.metrics`."""
