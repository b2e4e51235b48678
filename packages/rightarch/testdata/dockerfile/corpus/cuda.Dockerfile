FROM nvidia/cuda:12.4.1-runtime-ubuntu22.04
ENV DEBIAN_FRONTEND=noninteractive \
    LD_LIBRARY_PATH=/usr/local/cuda/lib64:${LD_LIBRARY_PATH}
RUN apt-get update && apt-get install -y python3-pip && pip3 install torch
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN wget -O - https://example.com | wc -l > /number
