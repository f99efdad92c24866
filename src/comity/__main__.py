"""`python -m comity` is the command line."""

from comity.bootstrap import main

if __name__ == "__main__":
    main()
