"""Streams: followed to their end, measured, judged, held to thresholds, recorded."""
