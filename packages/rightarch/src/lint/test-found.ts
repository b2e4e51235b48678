import { type CheckOptions, checkRepository } from './check.ts';

/** A Dockerfile that must run on its target. */
export const Dockerfile = 'FROM node:22\nRUN npm --version\n';

/** One image, built for one CPU. */
export const amd64 = { Dockerfile, 'build.sh': 'docker build --platform linux/amd64 -t r.io/api .\n' };
export const arm64 = { Dockerfile, 'build.sh': 'docker build --platform linux/arm64 -t r.io/api .\n' };

type Files = Readonly<Record<string, string>>;

const check = (files: Files, options: Partial<CheckOptions>) =>
  checkRepository(
    Object.entries(files).map(([path, text]) => ({ path, text })),
    { platforms: [], inlineIgnore: true, today: '2026-11-29', ...options },
  );

/** Each finding of files as `code file:line`; what is undecided with a question mark. */
export function found(files: Files, options: Partial<CheckOptions> = {}): readonly string[] {
  const { diagnostics, undecided } = check(files, options);
  const row = ({ code, at }: (typeof diagnostics)[number]) =>
    `${code.replace(/^\w+\//, '')} ${at.in === 'file' ? `${at.file}:${at.start.line}` : ''}`;
  return [...diagnostics.map(row), ...undecided.map((one) => `${row(one)} ?`)];
}

/** Each runtime as `id name how CPUs file:line`. */
export const runtimesOf = (files: Files): readonly string[] =>
  check(files, {}).repository.runtimes.map(
    ({ runtime, name, how, platforms, at }) =>
      `${runtime} ${name ?? '-'} ${how} ${platforms.map((one) => one.architecture).join('+') || '-'} ${at.file}:${at.line}`,
  );
