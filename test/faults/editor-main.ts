/**
 * What `KUBE_EDITOR` is in tests: `node editor-main.ts <count> <file>` is somebody who changes the content of a ConfigMap and adds a key to it, or changes the image
 * of a Deployment, and saves.
 */
import { readFile, writeFile } from 'node:fs/promises';

const [, , count = '', file = ''] = process.argv;
const before = await readFile(file, 'utf8');
const after = before
  .replace(/^ {2}added: .*\n/m, '')
  .replace(/^data:$/m, `data:\n  added: "${count}"`)
  .replace(/^ {2}content: .*$/m, `  content: edited-${count}`)
  .replace(/image: .*$/m, `image: web:edited-${count}`);
await writeFile(file, after);
