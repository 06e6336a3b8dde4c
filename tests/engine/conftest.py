"""What the engine's tests stand on."""
