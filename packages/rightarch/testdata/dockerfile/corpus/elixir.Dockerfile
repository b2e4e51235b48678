ARG ELIXIR=1.17
ARG OTP=27
ARG DEBIAN=bookworm-slim
ARG BUILDER="hexpm/elixir:${ELIXIR}-erlang-${OTP}-debian-${DEBIAN}"
FROM ${BUILDER} as builder
ENV MIX_ENV="prod"
RUN mix local.hex --force && \
    mix local.rebar --force
FROM debian:${DEBIAN}
ENV LANG en_US.UTF-8
ENV LANGUAGE en_US:en
COPY --from=builder --chown=nobody:root /app/_build/${MIX_ENV}/rel/app ./
CMD ["/app/bin/server"]
