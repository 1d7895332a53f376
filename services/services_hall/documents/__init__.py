"""办件文书: papers that a case gives out, numbered, with a code by which anybody verifies them."""
