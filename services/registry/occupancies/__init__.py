"""住房关系: who owns, rents or lives in a dwelling."""
