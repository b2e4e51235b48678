FROM composer:2 AS vendor
COPY composer.* ./
RUN composer install --no-dev --no-scripts --prefer-dist
FROM php:8.2-fpm-alpine
COPY --from=vendor /app/vendor /var/www/vendor
STOPSIGNAL SIGQUIT
CMD ["php-fpm"]
