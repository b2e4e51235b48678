import { type FileTree, symlink } from './file-tree.ts';

/** Debian's Python 3.11, with what python:3.11-slim has beside it. */
export const PYTHON_PACKAGES = ['python3.11', 'python3', 'python3-pip', 'ca-certificates', 'netbase'];

/** Makes Debian's interpreter answer where the official image has its own. */
export function addPython(tree: FileTree, time: number): void {
  tree.put('usr/local/bin/python3.11', symlink(time, '/usr/bin/python3.11'));
  tree.put('usr/local/bin/python3', symlink(time, 'python3.11'));
  tree.put('usr/local/bin/python', symlink(time, 'python3'));
}

/** The interpreter's full version, from dpkg's database. */
export function pythonVersion(tree: FileTree): string {
  const status = tree.read('var/lib/dpkg/status').toString();
  const version = /^Package: python3\.11\n(?:.+\n)*?Version: (\d+\.\d+\.\d+)/m.exec(status)?.[1];
  if (version === undefined) throw new Error("dpkg's status names no version of python3.11");
  return version;
}
