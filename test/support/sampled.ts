/** All cases where `npm run soak:live` asks for them, every `each`-th of them in `.ci/run`, which has half an hour for everything. */
export const isFull = process.env['FULL'] === '1';

export const sampled = <Case>(all: readonly Case[], each: number): readonly Case[] =>
  isFull ? all : all.filter((_, index) => index % each === 0);
