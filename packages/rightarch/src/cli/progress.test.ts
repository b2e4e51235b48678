import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openProgress } from './progress.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch(width = 60) {
  let text = '';
  const progress = openProgress(
    { watched: true, width, page: { language: 'en', color: false, width }, mode: 'auto' },
    (more) => {
      text += more;
    },
    () => Date.now(),
  );
  return { progress, last: () => text.split('\r\u001b[2K').at(-1), all: () => text };
}

test('the step that goes on is shown, however soon after another it began', () => {
  const { progress, last } = watch();
  progress.show('COPY . .');
  progress.show('COPY package.json .');
  progress.show('RUN npm ci');
  expect(last()).toBe('• COPY . .');
  vi.advanceTimersByTime(100);
  expect(last()).toBe('• RUN npm ci');
});

test('nothing is drawn after the line was removed', () => {
  const { progress, last } = watch();
  progress.show('COPY . .');
  progress.show('RUN npm ci');
  progress.clear();
  vi.advanceTimersByTime(1000);
  expect(last()).toBe('');
});

test('a terminal without a size has room for words', () => {
  const { progress, last } = watch(0);
  progress.show('RUN npm ci --omit=dev');
  expect(last()).toBe('• RUN npm ci --omit=dev');
});
