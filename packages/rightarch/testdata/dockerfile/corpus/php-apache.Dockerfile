FROM php:8.3-apache
RUN apt-get update && apt-get install -y --no-install-recommends \
        libpng-dev \
        # images
        libjpeg-dev \
    && docker-php-ext-install gd \
    && rm -rf /var/lib/apt/lists/*
COPY --chown=www-data:www-data . /var/www/html
LABEL maintainer="team@example.com" description="A \"quoted\" label"
