"""组织: organisations."""
