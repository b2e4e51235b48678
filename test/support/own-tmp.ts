import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Everything temporary of one run of the tests is in one directory, and a test that leaves something there is told. */
export default function setup(): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'rightarch-tests-'));
  // As /tmp is: some tests run programs as another user.
  chmodSync(directory, 0o1777);
  process.env['TMPDIR'] = directory;
  return () => {
    const left = readdirSync(directory).filter((name) => !/^tsx-\d+$/.test(name));
    rmSync(directory, { recursive: true, force: true });
    if (left.length > 0) throw new Error(`left in the temporary directory: ${left.sort().join(', ')}`);
  };
}
