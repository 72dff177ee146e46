"""`python -m bot` is `doctors-note`."""

from bot.cli import main

if __name__ == "__main__":
    main()
