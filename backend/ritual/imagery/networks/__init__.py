<<<<<<< HEAD
"""Networks that the models are built of; none knows a loss."""
=======
"""Networks that the models are put together from."""
>>>>>>> img-synth
