"""The operators' handbook: what of docs/operations/ is generated, and how its commands are found."""
