"""Greets."""


def text(name: str) -> str:
    return f"hello {name} from Python"
