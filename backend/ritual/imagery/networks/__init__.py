"""Networks that the models are put together from."""
