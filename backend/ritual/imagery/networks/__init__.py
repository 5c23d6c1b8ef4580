"""The networks of the models, each in a file of its own; `blocks` holds what several of them are made of."""
