FROM python:3
ARG NAME=world
RUN <<EOF
set -e
pip install --no-cache-dir flask
EOF
RUN python3 <<'PY' > /hello.txt
print("hello $NAME")
PY
COPY <<-"RAW" <<GREETING /etc/app/
	literal $NAME
	RAW
hello ${NAME}
GREETING
RUN <<SCRIPT
#!/usr/bin/env python3
print("a script of its own")
SCRIPT
