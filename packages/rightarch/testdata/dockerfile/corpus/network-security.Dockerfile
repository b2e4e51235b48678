FROM busybox
RUN --network=none true
RUN --security=insecure cat /proc/self/status
RUN --mount=type=tmpfs,target=/t,size=1g echo x
