"""Networks that the models are built of; none knows a loss."""
