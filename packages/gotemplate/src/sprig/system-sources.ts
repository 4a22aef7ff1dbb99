import { randomBytes } from 'node:crypto';
import { systemClock } from '@gotk/apimachinery';
import type { SprigSources } from './function-map.ts';

/** The randomness and the time of this machine. */
export const systemSources: SprigSources = { randomBytes, clock: systemClock };
