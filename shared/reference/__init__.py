"""National codes and checks."""
