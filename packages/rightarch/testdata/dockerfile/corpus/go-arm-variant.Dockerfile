FROM --platform=$BUILDPLATFORM golang:1.23-alpine AS build
ARG TARGETVARIANT
ARG TARGETARCH
RUN GOARM=${TARGETVARIANT#v} GOARCH=${TARGETARCH} go build -o /bin/a .
FROM scratch
COPY --from=build /bin/a /bin/a
ENTRYPOINT ["/bin/a"]
