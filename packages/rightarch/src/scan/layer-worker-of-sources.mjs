/** Tests and tools run from TypeScript, which a thread of Node 20 does not read by itself. Not in the package. */
import { register } from 'tsx/esm/api';

register();
await import('./layer-worker.ts');
