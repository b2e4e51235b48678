import { describe, expect, it } from 'vitest';
import { mayHaveNodeAbi, NodeAbiSearch } from './node-abi.ts';

const bytes = Buffer.from('\0\x7fELF\0\0node_register_module_v\0napi\0node_register_module_v127\0more', 'latin1');

describe('the NODE_MODULE_VERSION of a file', () => {
  it.each([1, 2, 3, 7, 16, 27, 28, 64, 1000])('is found in chunks of %i bytes', (size) => {
    const search = new NodeAbiSearch('a/b.node', bytes.length);
    for (let at = 0; at < bytes.length; at += size) search.write(Uint8Array.from(bytes.subarray(at, at + size)));
    expect(search.version).toBe(127);
  });

  it.each([
    'node_register_module_v127',
    'node_register_module_v\0',
    'node_register_module_v12345\0',
    'napi_register_module_v1\0',
  ])('is not read out of %j', (text) => {
    const search = new NodeAbiSearch('a/b.node', bytes.length);
    search.write(Buffer.from(text));
    expect(search.version).toBeUndefined();
  });

  it('is looked for in Node and in what it loads', () => {
    expect(['usr/bin/node', 'a/b.node', 'usr/lib/libnode.so.115'].every(mayHaveNodeAbi)).toBe(true);
    expect(['usr/bin/nodemon', 'lib/libc.so.6', 'a.node.map'].some(mayHaveNodeAbi)).toBe(false);
  });
});
