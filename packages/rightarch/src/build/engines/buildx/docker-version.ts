import { type Platform, parsePlatform } from '../../../core/index.ts';

/** What `docker version --format '{{json .}}'` says; undefined for what it does not. */
export interface DockerVersions {
  /** `26.1.5` */
  readonly client: string | undefined;
  readonly server: string | undefined;
  /** What the engine's machine is. Podman, which answers to the same name, does not say it. */
  readonly platform: Platform | undefined;
}

export function dockerVersions(json: string): DockerVersions {
  try {
    const { Client, Server } = JSON.parse(json) as Readonly<
      Record<'Client' | 'Server', Readonly<Record<string, unknown>> | null | undefined>
    >;
    const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
    const [os, architecture] = [text(Server?.['Os']), text(Server?.['Arch'])];
    return {
      client: text(Client?.['Version']),
      server: text(Server?.['Version']),
      platform: os === undefined || architecture === undefined ? undefined : parsePlatform(`${os}/${architecture}`),
    };
  } catch {
    return { client: undefined, server: undefined, platform: undefined };
  }
}

/** Whether `docker info --format '{{json .DriverStatus}}'` speaks of containerd's image store. */
export const isContainerdStore = (driverStatus: string): boolean => driverStatus.includes('io.containerd.snapshotter');
