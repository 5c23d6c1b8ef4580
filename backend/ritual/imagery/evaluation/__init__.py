"""Made pictures measured beside real ones: several models, with tests and tables."""
