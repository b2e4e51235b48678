FROM redis:7
HEALTHCHECK --interval=5s --timeout=3s --start-period=1s --start-interval=1s --retries=3 \
  CMD ["redis-cli", "ping"]
