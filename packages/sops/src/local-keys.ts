// Master keys that need no network. What anybody may have made of them can take seconds of a processor: for threads of their own.
export { ageIdentities, ageService } from './keys/age.ts';
export { type LocalPart, localParts } from './keys/local-parts.ts';
export { pgpKeys, pgpService } from './keys/pgp.ts';
