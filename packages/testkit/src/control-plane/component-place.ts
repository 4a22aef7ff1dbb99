import { setTimeout as delay } from 'node:timers/promises';
import { type Component, type ComponentOptions, startComponent, untilReady } from './component.ts';

/** The components that a test can take away and give back. */
export type ComponentName = 'etcd' | 'kube-apiserver' | 'kube-controller-manager';

export interface RestartOptions {
  /** How it goes down: at once (default), or asked to. */
  readonly signal?: 'SIGKILL' | 'SIGTERM';
  /** How long nobody listens on its port, counted from its end (milliseconds). Default 0. */
  readonly downMs?: number;
}

/** Where a component runs: the same command, port, data and certificates, whichever process is in it. */
export interface ComponentPlace {
  readonly name: string;
  /** The process in it now. */
  readonly component: Component;
  /** Resolves when the process in it answers. Throws what `untilReady` throws. */
  ready(): Promise<void>;
  /** Ends the process, waits, and resolves when another one in its place is ready. Throws what `untilReady` throws. */
  restart(options?: RestartOptions): Promise<void>;
  /** Freezes the process: its sockets stay open, and nothing answers. */
  pause(): void;
  /** Lets a frozen process go on. */
  resume(): void;
  kill(): Promise<void>;
}

export interface PlaceOptions extends ComponentOptions {
  /** Whether the component in this place answers; absent: it is ready as soon as it runs. */
  readonly probe?: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
  /** Told of each process as soon as it exists. */
  readonly onStart: (component: Component) => Promise<void> | void;
}

/** How long a process that was asked to end may take: an API server waits for its watchers up to a minute. */
const TERMINATE_MS = 10_000;

/** Starts the component, without waiting until it is ready. Throws if the program cannot be started at all. */
export async function openPlace(options: PlaceOptions): Promise<ComponentPlace> {
  const { name, probe, readyTimeoutMs, onStart } = options;
  const start = async (): Promise<Component> => {
    const started = await startComponent(options);
    await onStart(started);
    return started;
  };
  let component = await start();
  const ready = async () => {
    if (probe !== undefined) await untilReady(component, { probe, timeoutMs: readyTimeoutMs });
  };
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (signal === 'SIGTERM') {
      process.kill(component.pid, 'SIGTERM');
      await Promise.race([component.exited, delay(TERMINATE_MS, undefined, { ref: false })]);
    }
    await component.kill();
  };
  return {
    name,
    ready,
    get component() {
      return component;
    },
    async restart({ signal = 'SIGKILL', downMs = 0 } = {}) {
      await end(signal);
      await delay(downMs);
      component = await start();
      await ready();
    },
    pause() {
      process.kill(component.pid, 'SIGSTOP');
    },
    resume() {
      process.kill(component.pid, 'SIGCONT');
    },
    kill: () => component.kill(),
  };
}
