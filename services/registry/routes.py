"""What registry takes from others: grids, by which a residence at 15 digits is checked."""

from shared.messaging.routes import Route

ROUTES: tuple[Route, ...] = (Route("grid.grid"),)
