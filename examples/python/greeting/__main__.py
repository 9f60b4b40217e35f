import sys

from greeting import text

print(text(sys.argv[1] if len(sys.argv) > 1 else "world"))
