"""What those who run it ask of it: is it well, who is connected."""
