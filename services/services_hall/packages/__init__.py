"""一件事: packages of items, and the matters that people bring as one."""
