"""The kit: what every service uses and no service owns."""
