"""区划调整: changes of areas that their residents follow."""
