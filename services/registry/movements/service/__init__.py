"""Use cases of movements (人口变动), and how a life event is recorded."""
