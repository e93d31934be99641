"""Reviews that run by themselves: wall-clock times, what is due, the embedded scheduler, and files for others."""
