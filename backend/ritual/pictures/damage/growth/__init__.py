"""Growth masks of insects and mould: simulated, learnt by a conditional GAN, and drawn."""
