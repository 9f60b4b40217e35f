ARG REGISTRY
ARG TAG=3
FROM ${REGISTRY:+$REGISTRY/}alpine:${TAG}
ARG A=one
ARG B=${A}-two C
ENV FIRST=$A SECOND=${B#one-} THIRD=${C:-none}
ENV FIRST=changed LATER=$FIRST
ENV legacy value with  spaces
LABEL "com.example.name"="quoted \"name\"" version=${TAG:-unseen} \
      multi='single $quoted'
WORKDIR /opt
WORKDIR ${FIRST}/sub
ADD --chown=${A}:${B} x*.conf conf/
VOLUME ["/data", "/logs/$FIRST"]
STOPSIGNAL ${SIG:-SIGQUIT}
EXPOSE 80 8000-8002/udp 127.0.0.1:9:90
