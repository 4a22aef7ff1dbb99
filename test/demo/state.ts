import { fileURLToPath } from 'node:url';

/** Where `make up` keeps what it started: data, logs, and who to stop. One for each checkout. */
export const STATE = fileURLToPath(new URL('../../.run/up', import.meta.url));
