"""`python -m ritual`: the command line, also as `torchrun -m ritual` starts it."""

from ritual.cli.main import app

if __name__ == "__main__":
    app()
