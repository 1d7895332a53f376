"""办件登记事项: what a granted case changes in the register, asked for and answered."""
