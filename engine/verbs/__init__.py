"""What can be done to processes. Every verb takes the unit of work and never commits."""
