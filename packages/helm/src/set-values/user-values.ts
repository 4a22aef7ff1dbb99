import { isObject } from '../fields.ts';
import { HelmError } from '../helm-error.ts';
import { mergeMaps, type Values } from '../values/merge-maps.ts';
import { readUserValues } from '../values/read-values.ts';
import { parseFinite } from './first-json.ts';
import { type SetFlag, setFileValues, setValues } from './set-values.ts';

/** What somebody gives a release to be different from the defaults of its chart, by Helm's flags. */
export interface UserValues {
  readonly files?: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  readonly setJson?: readonly string[];
  readonly set?: readonly string[];
  readonly setString?: readonly string[];
  readonly setFile?: readonly string[];
  readonly setLiteral?: readonly string[];
}

/**
 * The values of the files, and over them what the flags set, in Helm's order, which is not that of the command line: files, `--set-json`,
 * `--set`, `--set-string`, `--set-file`, `--set-literal`. `read` answers for the paths of `--set-file`. Throws `HelmError` of kind
 * `invalid-values` with the flag, or `too-large`.
 */
export function mergeUserValues(given: UserValues, read: (path: string) => string): Values {
  const { files = [], setJson = [], set = [], setString = [], setFile = [], setLiteral = [] } = given;
  const fromFiles = files.reduce<Values>((values, { name, bytes }) => mergeMaps(values, readUserValues(bytes, name)), {});
  const fromJson = setJson.reduce(withJson, fromFiles);
  const typed = set.reduce((values, text) => withFlag(values, 'set', text), fromJson);
  const texts = setString.reduce((values, text) => withFlag(values, 'set-string', text), typed);
  const withFiles = setFile.reduce((values, text) => named('set-file', () => setFileValues(values, text, read)), texts);
  return setLiteral.reduce((values, text) => withFlag(values, 'set-literal', text), withFiles);
}

const withFlag = (values: Values, flag: SetFlag, text: string): Values => named(flag, () => setValues(values, flag, text));

function named(flag: string, set: () => Values): Values {
  try {
    return set();
  } catch (error) {
    if (!(error instanceof HelmError)) throw error;
    throw new HelmError(error.kind, `failed parsing --${flag} data: ${error.message}`, { cause: error });
  }
}

/** The text of the flag may hold what nobody should see in a message; Helm repeats it. */
function withJson(values: Values, text: string): Values {
  try {
    if (!text.trimStart().startsWith('{')) return setValues(values, 'set-json', text);
    const object = parseFinite(text);
    if (isObject(object)) return mergeMaps(values, object);
  } catch (error) {
    if (!(error instanceof HelmError || error instanceof SyntaxError)) throw error;
    const kind = error instanceof HelmError ? error.kind : 'invalid-values';
    throw new HelmError(kind, `failed parsing --set-json data: ${error.message}`, { cause: error });
  }
  throw new HelmError('invalid-values', 'failed parsing --set-json data: it is no object');
}
