FROM ruby:3.3-slim
RUN gem install bundler -v '~> 2.5'
COPY Gemfile Gemfile.lock ./
RUN bundle config set --local without 'development test' && bundle install
COPY . .
ENTRYPOINT ["bin/docker-entrypoint"]
CMD ["./bin/rails", "server"]
