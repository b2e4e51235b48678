import { describe, expect, it } from 'vitest';
import { holds, type MarkerEnvironment, parseMarker, parseRequirement } from './python-markers.ts';

const env: MarkerEnvironment = { python: '3.11', machine: 'aarch64', platform: 'linux' };

describe('environment markers', () => {
  it.each<[string, boolean | undefined]>([
    ['python_version < "3.13"', true],
    ["python_version >= '3.9' and python_version < '3.11'", false],
    ['python_version == "3.*"', true],
    ['python_version != "3.11.*"', false],
    ['python_version ~= "3.8"', true],
    ['python_version in "3.10 3.11"', true],
    ['python_full_version >= "3.11.0"', true],
    ['python_full_version < "3.11"', false],
    ['python_full_version <= "3.11.2"', undefined],
    ['python_full_version <= "3.11.2" and sys_platform == "win32"', false],
    ['platform_machine == "aarch64" or platform_machine == "x86_64"', true],
    ['"arm64" in platform_machine', false],
    ["platform_machine not in 'x86_64 AMD64'", true],
    ['sys_platform != "win32" and (sys_platform != "cygwin" and platform_python_implementation != "PyPy")', true],
    ["platform_system == 'Darwin' or os_name == 'nt'", false],
    ["os.name == 'posix'", true],
    ['extra == "async"', false],
    ['platform_release >= "20"', undefined],
    ['python_version < "3.12" or extra == "test"', true],
  ])('%s', (text, value) => {
    const marker = parseMarker(text);
    expect(marker).toBeDefined();
    expect(holds(marker, env)).toBe(value);
  });

  it.each(['', 'python_version', 'python_version <', '(python_version < "3"', 'a == "b" c', '"a" ~ "b"'])(
    '%j is none',
    (text) => expect(parseMarker(text)).toBeUndefined(),
  );
});

describe('requirements', () => {
  it('has name, extras, specifier and marker', () => {
    const line = 'Uvicorn.X[Standard,a_b] (>=0.12) ; python_version < "3.13"';
    expect(parseRequirement(line)).toMatchObject({
      name: 'uvicorn-x',
      extras: ['standard', 'a-b'],
      text: 'Uvicorn.X>=0.12',
      markerText: 'python_version < "3.13"',
    });
    expect(parseRequirement('greenlet')).toMatchObject({ name: 'greenlet', extras: [], marker: undefined });
    expect(parseRequirement('a; b')).toBeUndefined();
  });
});
