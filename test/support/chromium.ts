import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket } from 'undici';

/** How a page is looked at. */
export interface Look {
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

/** What a browser says of a page that it was shown. */
export interface Seen {
  /** Addresses that it asked for, the page itself apart. */
  readonly requests: readonly string[];
  /** Errors and warnings of its console, exceptions, and what its policy refused. */
  readonly complaints: readonly string[];
  readonly screenshot: Buffer;
  evaluate<T>(expression: string): Promise<T>;
}

export interface Browser {
  open(url: string, look: Look): Promise<Seen>;
  close(): Promise<void>;
}

/** A real headless Chromium (Debian's `chromium`), spoken to by the DevTools protocol. */
export async function startChromium(): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'rightarch-chromium-'));
  // Root in a container has no user namespaces to make a sandbox of; the page is ours.
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars'];
  const child = spawn('chromium', [...flags, '--remote-debugging-port=0', `--user-data-dir=${profile}`], {
    stdio: 'ignore',
    env: { ...process.env, HOME: profile },
    // A process group of its own: what it starts ends with it.
    detached: true,
  });
  const gone = new Promise<never>((_, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`chromium ended with ${code}`)));
  });
  gone.catch(() => undefined);
  const address = await Promise.race([addressOf(profile), gone]);
  const socket = new WebSocket(address);
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', () => reject(new Error('chromium takes no connection')));
  });
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const listeners = new Set<(event: Message) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Message & { id?: number; result?: never; error?: { message: string } };
    if (message.id === undefined) for (const listener of listeners) listener(message);
    else if (message.error !== undefined) waiting.get(message.id)?.reject(new Error(message.error.message));
    else waiting.get(message.id)?.resolve(message.result as never);
  });
  let last = 0;
  const send = <T>(method: string, params: object = {}, sessionId?: string): Promise<T> => {
    const id = ++last;
    const answer = new Promise<T>((resolve, reject) => waiting.set(id, { resolve: resolve as never, reject }));
    socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    return answer;
  };
  return {
    open: async (url, look) => {
      const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true });
      const ask = <T>(method: string, params: object = {}) => send<T>(method, params, sessionId);
      const requests: string[] = [];
      const complaints: string[] = [];
      const loaded = new Promise<void>((resolve) => {
        listeners.add(({ sessionId: from, method, params }) => {
          if (from !== sessionId) return;
          if (method === 'Page.loadEventFired') resolve();
          if (method === 'Network.requestWillBeSent' && params.request?.url !== url)
            requests.push(params.request?.url ?? '');
          if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(params));
          if (method === 'Runtime.consoleAPICalled') complaints.push(JSON.stringify(params));
          if (method === 'Log.entryAdded') complaints.push(JSON.stringify(params));
        });
      });
      for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await ask(`${domain}.enable`);
      const { width, height, scheme } = look;
      const mobile = width < 600;
      await ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile });
      const features = [{ name: 'prefers-color-scheme', value: scheme }];
      await ask('Emulation.setEmulatedMedia', { features });
      await ask('Page.navigate', { url });
      await loaded;
      const shot = await ask<{ data: string }>('Page.captureScreenshot', { captureBeyondViewport: true });
      return {
        requests,
        complaints,
        screenshot: Buffer.from(shot.data, 'base64'),
        evaluate: async <T>(expression: string) => {
          const { result } = await ask<{ result: { value: T } }>('Runtime.evaluate', {
            expression,
            returnByValue: true,
          });
          return result.value;
        },
      };
    },
    close: async () => {
      socket.close();
      const ended = new Promise((resolve) => child.once('exit', resolve));
      // Its helpers outlive the first process by seconds and write into the profile meanwhile.
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      await ended;
      // One that was killed may be within a write still. `rmSync` (Node 20) tries the `rmdir` again, not what came in.
      await rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
    },
  };
}

interface Message {
  readonly sessionId?: string;
  readonly method: string;
  readonly params: { readonly request?: { readonly url: string } };
}

/** Chromium writes its port and path into its profile once it listens. */
async function addressOf(profile: string): Promise<string> {
  for (let i = 0; i < 300; i++) {
    try {
      const [port, path] = readFileSync(join(profile, 'DevToolsActivePort'), 'utf8').split('\n');
      return `ws://127.0.0.1:${port}${path}`;
    } catch {
      await pause(100);
    }
  }
  throw new Error('chromium does not listen');
}
