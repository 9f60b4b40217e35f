# escape=`

FROM alpine:3
ENV DIR=C:\tools
RUN echo one `
    # said in between
    two
COPY a.txt `
     b.txt `
     /dest/
CMD echo $DIR
