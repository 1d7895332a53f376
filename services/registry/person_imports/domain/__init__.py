"""Rules of lists of residents: their columns, what a row says, what holds within a household."""
