export { formatOf, type SopsFormat } from './format/format.ts';
export type { KeyLock } from './keys/data-key.ts';
export { DEFAULT_LIMITS, type SopsLimits } from './limits.ts';
export { parseSopsDocuments, type SopsDocument, type SopsDocuments, type SopsDocumentsOptions } from './sops-documents.ts';
export { SopsError, type SopsErrorKind } from './sops-error.ts';
export { type Decrypted, decryptSopsFile, parseSopsFile, type SopsFile } from './sops-file.ts';
