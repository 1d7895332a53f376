"""人口平衡表: opening, flows and closing of a period."""
