FROM denoland/deno:2.1.0
WORKDIR /app
USER deno
COPY --chown=deno . .
RUN deno cache main.ts
CMD ["run", "--allow-net", "main.ts"]
