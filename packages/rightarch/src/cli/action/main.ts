import { processShell } from '../shell.ts';
import { runAction } from './run-action.ts';

const shell = processShell();
// The log of a run shows colors, and nobody is there to be asked.
process.exitCode = await runAction({ ...shell, color: !shell.env['NO_COLOR'], watched: false, interactive: false });
