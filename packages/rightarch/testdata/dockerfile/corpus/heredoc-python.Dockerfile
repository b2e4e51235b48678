FROM python:3.12
RUN python3 <<PY
import sys
print(sys.version)
PY
RUN <<SH cat > /x && echo done
text
SH
