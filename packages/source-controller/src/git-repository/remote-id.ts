import { createHash } from 'node:crypto';
import type { Remote } from '@gotk/git';

/**
 * Names a repository together with everything that decides what a server shows of it: address, login, certificates, proxy. Equal for objects that may share an answer, and for no
 * others; nothing can be read from it.
 */
export const remoteIdOf = (remote: Remote): string => createHash('sha256').update(JSON.stringify(remote)).digest('base64');
