import type { Clock } from '@gotk/apimachinery';
import { onSilence, type SilenceLimits } from './list-watch-state.ts';

export interface SilenceOptions extends SilenceLimits {
  readonly clock: Clock;
  /** The watch begins with what there is, and has yet to say where that ends. */
  readonly filling: () => boolean;
  /** Asks the server whether there was anything to hear. Its answer counts only if it calls `heard`. */
  readonly ask: () => void;
  /** Called once, when the watch has been silent for too long. */
  readonly onDead: (kind: 'endless' | 'stalled', silentMs: number) => void;
}

export interface WatchSilence extends Disposable {
  /** An event came, or a bookmark. */
  spoke(): void;
  /** The server has shown otherwise that nothing was missed. */
  heard(): void;
}

/** Looks after one open watch, by `onSilence`. */
export function watchSilence({ clock, filling, ask, onDead, stalledMs, endlessMs }: SilenceOptions): WatchSilence {
  let heardAt = clock.monotonic();
  let wasFilling = filling();
  let spoken = false;
  let asked = false;
  const heard = () => {
    heardAt = clock.monotonic();
    asked = false;
    if (filling() === wasFilling) return;
    // Another limit holds from now on, which may be nearer.
    wasFilling = filling();
    timer?.[Symbol.dispose]();
    timer = look();
  };
  const look = (): Disposable | undefined => {
    const silentMs = clock.monotonic() - heardAt;
    const decision = onSilence({ silentMs, filling: filling(), spoken, asked }, { stalledMs, endlessMs });
    switch (decision.kind) {
      case 'wait':
        return wait(decision.ms);
      case 'ask':
        asked = true;
        ask();
        return wait(0);
      case 'endless':
      case 'stalled':
        onDead(decision.kind, silentMs);
        return undefined;
    }
  };
  // One timer for each silence that is looked at, not one for each event.
  const wait = (ms: number): Disposable =>
    clock.after(ms, () => {
      timer = look();
    });
  let timer = look();
  return {
    heard,
    spoke() {
      spoken = true;
      heard();
    },
    [Symbol.dispose]: () => timer?.[Symbol.dispose](),
  };
}
