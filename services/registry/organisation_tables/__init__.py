"""组织名册: tables of organisations that are checked and entered row by row, and tables that are taken out."""
