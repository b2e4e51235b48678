import type { Position } from './diagnostic.ts';

/** Tells line and column of an offset, both from 1. The text is gone through once, at the first question. */
export function positionsOf(text: string): (offset: number) => Position {
  let breaks: number[] | undefined;
  return (offset) => {
    if (breaks === undefined) {
      breaks = [];
      for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) breaks.push(i);
    }
    let [from, to] = [0, breaks.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (breaks[middle]! < offset) from = middle + 1;
      else to = middle;
    }
    return { line: from + 1, column: offset - (from === 0 ? -1 : breaks[from - 1]!) };
  };
}
