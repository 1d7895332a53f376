"""代办件: a case in an agent's hands, through the seven steps, free of charge."""
