FROM alpine
LABEL org.opencontainers.image.source="https://example.com/x" \
      org.opencontainers.image.licenses=MIT
LABEL "com.example.key with space"="value" other='single $quoted'
LABEL multi word value
