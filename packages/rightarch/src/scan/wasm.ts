import type { WasmFacts } from './file-types.ts';

/** True for `\0asm`. */
export function isWasm(head: Uint8Array): boolean {
  return head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d;
}

/** A core module is version 1 of layer 0, a component any version of layer 1 (component-model, Binary.md, preamble). */
export function readWasm(head: Buffer): WasmFacts {
  const layer = head.length >= 8 ? head.readUInt16LE(6) : -1;
  const form = layer === 1 ? 'component' : layer === 0 && head.readUInt16LE(4) === 1 ? 'module' : 'unknown';
  return { kind: 'wasm', form };
}
