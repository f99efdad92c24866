"""The main job, end to end: two nodes, an agreement, a day of flights, and what must hold."""
