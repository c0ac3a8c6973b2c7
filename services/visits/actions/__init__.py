"""What is written in visits: a visit logged, a matter moved on, a grid checked, a service planned."""
