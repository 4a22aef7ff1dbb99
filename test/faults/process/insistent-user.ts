import { setTimeout as delay } from 'node:timers/promises';
import { ApiError } from '@gotk/kube';
import type { Bed } from '../subject.ts';
import { type Widget, widgets } from '../widget.ts';

export interface InsistOptions {
  readonly timeoutMs?: number;
  /** Between two attempts (milliseconds). */
  readonly pauseMs?: number;
  /** Answers that mean that it has been done already: 409 after a creation whose answer was lost. */
  readonly done?: readonly number[];
}

/** Asks again until the server has done it, whatever happens to the server meanwhile. Throws the last error when time is up. */
export async function insist(ask: (signal: AbortSignal) => Promise<unknown>, options: InsistOptions = {}): Promise<void> {
  const { timeoutMs = 60_000, pauseMs = 100, done = [] } = options;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    try {
      await ask(AbortSignal.timeout(timeoutMs));
      return;
    } catch (error) {
      if (error instanceof ApiError && done.includes(error.status)) return;
      if (performance.now() > deadline) throw error;
    }
    await delay(pauseMs);
  }
}

export const widget = (namespace: string, name: string, spec: Partial<Widget['spec']> = {}): Widget => ({
  apiVersion: `${widgets.group}/v1`,
  kind: 'Widget',
  metadata: { name, namespace },
  spec: { content: 'first', parts: 2, ...spec },
});

/** Creates one widget after the other. */
export async function createInsistently(
  { client, namespace }: Bed,
  names: readonly string[],
  spec?: Partial<Widget['spec']>,
): Promise<void> {
  for (const name of names) await insist((signal) => client.create(widgets, widget(namespace, name, spec), { signal }), { done: [409] });
}

/** Changes one widget after the other. */
export async function updateInsistently(
  { client, namespace }: Bed,
  names: readonly string[],
  spec: Partial<Widget['spec']>,
): Promise<void> {
  const patch = { type: 'merge', body: { spec } } as const;
  for (const name of names) await insist((signal) => client.patch(widgets, { key: { namespace, name }, patch }, { signal }));
}

export const names = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
