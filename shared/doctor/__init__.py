"""Doctor: checks of a service's surroundings, each fault one sentence with its remedy, in Chinese and English."""
