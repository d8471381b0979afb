"""`python -m contingent`: the command line where its script is not on the path."""

from contingent.cli import main

if __name__ == "__main__":
    main()
