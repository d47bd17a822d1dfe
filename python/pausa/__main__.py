"""``python -m pausa``: the same as the command ``pausa``."""

from pausa._launcher import main

if __name__ == "__main__":
    main()
