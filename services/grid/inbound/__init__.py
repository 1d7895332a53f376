"""来件: requests of county systems and what they are answered."""
