"""撤销: life events taken back, or given another day, some of them with a second person."""
