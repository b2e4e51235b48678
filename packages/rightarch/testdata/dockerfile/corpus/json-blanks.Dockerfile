FROM alpine
COPY ["a file", "b file", "/a dir/"]
ADD ["x y.tar", "/"]
VOLUME ["/data one", "/two"]
CMD ["echo", "a  b", "tab\tq\"uote"]
