from alpine:3 as Base
arg LEVEL=debug
env MODE=$LEVEL
shell ["/bin/ash", "-e", "-c"]
run build --level $LEVEL
entrypoint exec app
cmd ["ignored", "later"]
onbuild copy . /src
onbuild run make
from base
run again $LEVEL
cmd run
maintainer somebody
