FROM ubuntu:22.04
RUN ARCH="$(dpkg --print-architecture)"; \
    curl -fsSL "https://example.com/v1/linux-${ARCH}.tgz" | tar -xz -C /usr/local && \
    echo "installed for ${ARCH:-unknown}"
