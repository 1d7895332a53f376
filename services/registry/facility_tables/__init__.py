"""设施名册: tables of facilities that are checked and entered row by row, and tables that are taken out."""
