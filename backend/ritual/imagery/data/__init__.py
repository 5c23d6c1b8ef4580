"""Folders and manifests of pictures and clips, as batches that depend on seed, step and process alone."""
