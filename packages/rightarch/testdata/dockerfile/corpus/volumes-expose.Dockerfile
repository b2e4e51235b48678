FROM postgres:16
VOLUME /var/lib/postgresql/data /backup
EXPOSE 5432 9187/tcp 53/udp
USER 999:999
STOPSIGNAL SIGINT
