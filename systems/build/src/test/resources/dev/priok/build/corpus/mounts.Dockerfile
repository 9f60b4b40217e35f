FROM alpine:3 AS tools
FROM alpine:3
ARG CACHE=apk
WORKDIR /w
RUN --mount=type=cache,id=$CACHE,target=/var/cache/apk,sharing=locked,mode=0700 apk add x
RUN --mount=type=bind,from=tools,source=/bin,target=/tools,ro --mount=type=tmpfs,dst=scratch,size=64m ["/tools/x"]
RUN --mount=type=secret,id=token,env=TOKEN --mount=type=secret,id=key,target=/k,required,uid=5 --network=none use
RUN --mount=target=. ls
