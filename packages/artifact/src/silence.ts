import { type Clock, DeadlineExceeded } from '@gotk/apimachinery';

export interface Silence extends Disposable {
  /** Aborts with the parent, and when nothing has been heard for so long. */
  readonly signal: AbortSignal;
  heard(): void;
}

export interface SilenceOptions {
  readonly clock: Clock;
  readonly silentMs: number;
  readonly parent: AbortSignal;
}

/** A deadline that starts anew with every sign of life: for bodies that may be long, but not silent. */
export function silenceSignal({ clock, silentMs, parent }: SilenceOptions): Silence {
  const controller = new AbortController();
  const follow = () => controller.abort(parent.reason);
  parent.addEventListener('abort', follow);
  if (parent.aborted) follow();
  const start = () => clock.after(silentMs, () => controller.abort(new DeadlineExceeded(silentMs)));
  let timer = start();
  return {
    signal: controller.signal,
    heard() {
      timer[Symbol.dispose]();
      timer = start();
    },
    [Symbol.dispose]() {
      timer[Symbol.dispose]();
      parent.removeEventListener('abort', follow);
    },
  };
}
