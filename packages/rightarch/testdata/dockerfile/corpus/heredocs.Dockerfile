# syntax=docker/dockerfile:1.7
FROM debian:12
RUN <<EOF
set -eux
apt-get update
apt-get install -y curl
EOF
RUN <<-"SCRIPT"
	echo "$HOME is literal"
	SCRIPT
COPY <<one <<two /etc/
first
one
second
two
CMD ["true"]
