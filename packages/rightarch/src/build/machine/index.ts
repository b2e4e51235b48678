export { type BuildahTool, findBuildah } from '../engines/buildah/tool.ts';
export { type BuilderHere, readBuilders } from './builders.ts';
export { type DockerHere, type DockerQuestions, readDocker } from './docker.ts';
export { howEachRuns, judgeMachine, type Machine, type Runs } from './doctor.ts';
export { type Emulator, readEmulators, withVersions } from './emulators.ts';
export { type Mended, mendMachine } from './mend.ts';
