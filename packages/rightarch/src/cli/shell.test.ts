import { afterEach, expect, it, vi } from 'vitest';
import { processShell } from './shell.ts';

const arch = Object.getOwnPropertyDescriptor(process, 'arch')!;
const platform = Object.getOwnPropertyDescriptor(process, 'platform')!;
afterEach(() => {
  vi.restoreAllMocks();
  Object.defineProperty(process, 'arch', arch);
  Object.defineProperty(process, 'platform', platform);
});

it.each([
  ['darwin', 'arm64', 'linux/arm64'],
  ['win32', 'x64', 'linux/amd64'],
  ['linux', 'riscv64', 'linux/riscv64'],
])('on %s and %s images are built on %s, never on the system of the person', (system, cpu, built) => {
  vi.spyOn(process, 'on').mockReturnThis();
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'on').mockReturnThis();
  Object.defineProperty(process, 'platform', { value: system });
  Object.defineProperty(process, 'arch', { value: cpu });
  expect(processShell()).toMatchObject({ hostPlatform: built, system });
});
