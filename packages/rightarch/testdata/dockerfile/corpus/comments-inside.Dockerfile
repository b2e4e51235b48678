FROM ubuntu:24.04
# before
RUN apt-get update \
  # one
  && apt-get install -y \
# two
      git \

      curl
# after
CMD ["bash"]
