#!/usr/bin/env node
// What is Docker's goes to Docker, and nothing of ours is loaded for it.
import { main } from '../dist/cli/docker.js';

await main();
