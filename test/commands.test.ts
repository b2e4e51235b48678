import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commandSpecs, everywhere, laterCommands } from '../packages/rightarch/src/cli/specs.ts';
import { typeLine } from './support/command-line.ts';

// Every command, one table: what holds for one holds for all.

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'rightarch-commands-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const type = (...args: readonly string[]) => typeLine(directory, args);

const SCRIPTS = { en: /^[^\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]*$/, ja: /[\u3040-\u30ff]/, ko: /[\uac00-\ud7af]/ };
const languages = ['en', 'ja', 'ko'] as const;

describe.each(commandSpecs)('rightarch $name', (spec) => {
  const { name, options, examples, least } = spec;

  test.each(languages)('its help in %s begins with an example and names every flag', async (language) => {
    const { status, out, err } = await type(name, '--help', '--lang', language);
    expect({ status, err }).toEqual({ status: 0, err: '' });
    const [summary, blank, , first] = out.split('\n');
    expect(summary).toMatch(SCRIPTS[language]);
    expect(blank).toBe('');
    expect(first?.trim()).toBe(examples[0]);
    for (const option of [...options, ...everywhere]) {
      const line = out.split('\n').find((text) => new RegExp(`^ +(-\\w, )?--${option.name}(\\s|$)`).test(text));
      expect(line, option.name).toMatch(SCRIPTS[language]);
    }
    expect((await type('help', name, '--lang', language)).out).toBe(out);
    expect((await type(name, '-h', '--lang', language)).out).toBe(out);
  });

  test('every example is one that it would take', async () => {
    for (const example of examples) {
      const words = example
        .replace(/@sha256:…/, `@sha256:${'0'.repeat(64)}`)
        .split(' ')
        .slice(1);
      expect(words[0]).toBe(name);
      // With --help the flags are read and nothing is done.
      expect((await type(...words, '--help')).status, example).toBe(0);
    }
  });

  test.each(languages)('a flag that it does not have ends with 2, in %s, and names a near one', async (language) => {
    const { status, out, err } = await type(name, '--jsom', '--lang', language);
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('[cli/unknown-option]');
    expect(err).toContain('`--json`');
    expect(err).toMatch(SCRIPTS[language]);
  });

  test('a flag without its value, and a language that is not there, end with 2', async () => {
    for (const args of [['--lang'], ['--lang', 'fr'], ['--mirror']]) {
      const { status, out, err } = await type(name, ...args);
      expect({ status, out }).toEqual({ status: 2, out: '' });
      expect(err).toMatch(/^error\[cli\//);
    }
  });

  test('--json prints one value and nothing else, also where it fails', async () => {
    for (const words of [[], ['nowhere.invalid:1/x'], ['--nonsense'], Array(least + 3).fill('oci:nowhere')]) {
      const { status, out, err } = await type(name, ...words, '--json');
      expect([0, 1, 2, 3], `${name} ${words.join(' ')}`).toContain(status);
      expect(err).toBe('');
      expect(() => JSON.parse(out), `${name} ${words.join(' ')}: ${out}`).not.toThrow();
    }
  });

  test('no colour and no cursor in a pipe', async () => {
    for (const words of [['--help'], [], ['oci:nowhere'], ['--nonsense']]) {
      expect((await type(name, ...words)).all).not.toContain('\u001b');
    }
  });
});

test.each(Object.keys(laterCommands))(
  'rightarch %s says that it is not here yet, and what serves until then',
  async (name) => {
    const { status, err } = await type(name);
    expect(status).toBe(2);
    expect(err).toContain('[cli/not-yet]');
  },
);

test('a language that there is not is refused without a command too', async () => {
  for (const words of [[], ['--version'], ['targets']]) {
    const { status, out, err } = await type(...words, '--lang', 'xx');
    expect({ status, out }).toEqual({ status: 2, out: '' });
    expect(err).toContain('[cli/bad-value]');
  }
});
