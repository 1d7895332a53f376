"""核实: whether what is known of a person was looked at lately, by field group; one policy, for circumstances too."""
