import type { BuildEvent } from '../build/types.ts';
import { formatPlatform } from '../core/index.ts';
import { printable } from '../messages/index.ts';
import { displayWidth, formatBytes, ink, type Page } from '../report/index.ts';

/** What is going on now, on one line of a terminal that is watched; silent everywhere else. */
export interface Progress {
  /** Names what is being done; `done` and `total` are bytes. */
  show(what: string, done?: number, total?: number): void;
  /** Takes a build's events. */
  build(event: BuildEvent): void;
  /** Removes the line. Call it before anything else is printed. */
  clear(): void;
}

const silent: Progress = { show: () => {}, build: () => {}, clear: () => {} };

/** Draws at most twelve times a second: a terminal is slower than a disk. */
const INTERVAL_MS = 80;

export function openProgress(
  options: {
    readonly watched: boolean;
    readonly width: number;
    readonly page: Page;
    readonly mode: 'auto' | 'plain' | 'quiet';
  },
  write: (text: string) => void,
  now: () => number,
): Progress {
  if (options.mode === 'quiet' || (options.mode === 'auto' && !options.watched)) return silent;
  if (options.mode === 'plain') return plainProgress(write);
  let drawn = 0;
  let last = 0;
  let waiting: NodeJS.Timeout | undefined;
  // A terminal that was not told its size says 0 (a pipe of `script`, some CI): 80 is what all take for granted.
  const width = options.width > 0 ? options.width : 80;
  const wait = (): void => {
    if (waiting !== undefined) clearTimeout(waiting);
    waiting = undefined;
  };
  const erase = (): void => {
    wait();
    if (drawn > 0) write('\r\u001b[2K');
    drawn = 0;
  };
  const show = (what: string, done?: number, total?: number): void => {
    wait();
    const rest = INTERVAL_MS - (now() - last);
    if (rest > 0 && drawn > 0) {
      // What comes last before a silence is what goes on during it: it is drawn late, not never.
      waiting = setTimeout(() => draw(what, done, total), rest);
      waiting.unref();
      return;
    }
    draw(what, done, total);
  };
  const draw = (what: string, done?: number, total?: number): void => {
    last = now();
    const bytes =
      done === undefined ? '' : `  ${formatBytes(done)}${total === undefined ? '' : ` / ${formatBytes(total)}`}`;
    let text = printable(what);
    while (displayWidth(text + bytes) > width - 3 && text.length > 1) text = `${text.slice(0, -2)}…`;
    erase();
    write(`${ink(options.page, 'cyan', '•')} ${text}${ink(options.page, 'dim', bytes)}`);
    drawn = 1;
  };
  return { show, clear: erase, build: (event) => showEvent(event, show) };
}

/** `--progress plain`: one line a step, for logs. */
function plainProgress(write: (text: string) => void): Progress {
  return {
    show: () => {},
    clear: () => {},
    build: (event) => {
      if (event.kind === 'told' && event.state !== 'started') {
        const time = event.ms === undefined ? '' : ` ${(event.ms / 1000).toFixed(1)} s`;
        write(`${printable(event.text)} ${event.state}${time}\n`);
      }
      if (event.kind !== 'step' || event.state === 'started') return;
      const time = event.ms === undefined ? '' : ` ${(event.ms / 1000).toFixed(1)} s`;
      write(
        `[${formatPlatform(event.platform)}] ${event.step.line}: ${printable(event.step.instruction)} ${event.state}${time}\n`,
      );
    },
  };
}

function showEvent(event: BuildEvent, show: Progress['show']): void {
  if (event.kind === 'told') {
    if (event.state === 'started') show(event.text);
  } else if (event.kind === 'bytes') show(event.what, event.done, event.total);
  else if (event.kind === 'step' && event.state === 'started')
    show(`${formatPlatform(event.platform)}  ${event.step.instruction}`);
}
