"""What the application needs from the world, each with its contract."""
