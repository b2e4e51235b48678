FROM alpine/git
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=ssh git clone git@example.com:a/b
RUN --mount=type=secret,id=token,env=TOKEN,required curl -H "Authorization: $TOKEN" https://example.com
