"""Pages that need no sign-in: who has the link sees what it leads to, and nothing else."""
