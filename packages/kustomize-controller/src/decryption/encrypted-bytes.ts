import { BuildError } from '@gotk/kustomize';
import { decryptSopsFile, formatOf, parseSopsFile, SopsError, type SopsFormat } from '@gotk/sops';
import type { KeyRing } from './key-ring.ts';

/** What a file of each format has in it when SOPS encrypted it: upstream looks for the same. */
const MARKERS: Readonly<Record<SopsFormat, string>> = {
  yaml: 'mac: ENC[',
  json: '"mac": "ENC[',
  binary: '"mac": "ENC[',
  dotenv: 'sops_mac=ENC[',
  ini: '[sops]',
};

export const isMarked = (bytes: Uint8Array, format: SopsFormat): boolean => Buffer.from(bytes).includes(MARKERS[format]);

/** The format of a file that becomes the value of a Secret, by the key or the path that it has there. */
export const formatFor = (path: string): SopsFormat => (path.endsWith('.dockerconfigjson') ? 'json' : formatOf(path));

export interface EncryptedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly format: SopsFormat;
  readonly output?: SopsFormat;
}

/** Its content, decrypted; as it is when it is not encrypted, or as long as its key is missing. Throws `BuildError` that names it. */
export const openFile = ({ name, bytes, format, output = format }: EncryptedFile, ring: KeyRing): Uint8Array =>
  isMarked(bytes, format)
    ? decrypting(name, () => {
        const file = parseSopsFile(bytes, format);
        const key = ring.keyFor(file.metadata, name);
        if (key === undefined) return bytes;
        const { bytes: plain, secrets } = decryptSopsFile(file, key, output);
        ring.reveal(secrets);
        return plain;
      })
    : bytes;

/** Runs what decrypts; what SOPS refuses is refused with the name of the file. */
export function decrypting<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SopsError) throw new BuildError(`failed to decrypt '${name}': ${error.message}`);
    throw error;
  }
}
