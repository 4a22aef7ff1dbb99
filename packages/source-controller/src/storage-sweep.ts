import { aborted } from '@gotk/apimachinery';
import type { Storage } from '@gotk/artifact';
import type { Service } from '@gotk/runtime';

/** Whoever becomes the leader tidies up after the one before. */
export const storageSweep = (storage: Storage): Service => ({
  name: 'storage sweep',
  leaderOnly: true,
  async run(signal) {
    await storage.sweep();
    await aborted(signal);
  },
});
