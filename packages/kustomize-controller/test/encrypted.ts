import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Files of the real sops for the age identity beside them, which is for tests alone. */
export async function encryptedFiles() {
  const read = (name: string) => readFile(join(import.meta.dirname, 'testdata/sops', name));
  return {
    keys: (await read('keys.agekey')).toString('utf8'),
    files: {
      /** Secret `login` in `apps`, with `stringData.password: s3cret`. */
      manifest: await read('manifest.yaml'),
      /** The same without a namespace. */
      patch: await read('patch.yaml'),
      /** Secrets `one` and `two`, encrypted together. */
      several: await read('several.yaml'),
      /** The same as the patch, as sops encrypts what has no ending. */
      unnamed: await read('patch'),
      /** Secret `quiet`, with text, text of two lines and base64. */
      quiet: await read('quiet.yaml'),
      /** ConfigMap `open`, with a value that has a variable in it. */
      open: await read('open.yaml'),
      /** Secret `kept`, which asks to be left as it is. */
      exempt: await read('exempt.yaml'),
      env: await read('app.env'),
      ini: await read('settings.ini'),
      json: await read('docker.json'),
      binary: await read('blob'),
    },
  };
}
